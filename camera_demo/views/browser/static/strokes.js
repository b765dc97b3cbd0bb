// Strokes of the pen: points with the width of the line at each.

/** Draws a stroke, or its part from one of its points on. */
export function drawStroke(target, stroke, colour, from = 0) {
  target.globalCompositeOperation = stroke.erases ? "destination-out" : "source-over";
  target.strokeStyle = target.fillStyle = colour;
  target.lineCap = target.lineJoin = "round";
  const points = stroke.points;
  if (points.length === 1) {
    target.beginPath();
    target.arc(points[0].x, points[0].y, points[0].width / 2, 0, 2 * Math.PI);
    target.fill();
  }
  // Curves through the middles of segments look like a pen, straight segments like a polygon.
  for (let i = Math.max(1, from); i < points.length; i += 1) {
    const [a, b] = [points[i - 1], points[i]];
    const start = i > 1 ? middle(points[i - 2], a) : a;
    const end = i < points.length - 1 || !stroke.done ? middle(a, b) : b;
    target.lineWidth = b.width;
    target.beginPath();
    target.moveTo(start.x, start.y);
    target.quadraticCurveTo(a.x, a.y, end.x, end.y);
    target.stroke();
  }
  target.globalCompositeOperation = "source-over";
}

const middle = (a, b) => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

/** Makes a stroke larger or smaller; `mark` tells one that is shared between past and present apart. */
export function scaleStroke(stroke, scale, mark) {
  if (stroke.scaledFor === mark) return;
  stroke.scaledFor = mark;
  for (const point of stroke.points) {
    point.x *= scale;
    point.y *= scale;
    point.width *= scale;
  }
}

/** Strokes as a PNG, black on white or on a picture that fills as much of the sheet as it can. */
export function pngOf(strokes, size, { photo = null, scale = 1 } = {}) {
  const layer = new OffscreenCanvas(size.width * scale, size.height * scale);
  const lines = layer.getContext("2d");
  lines.scale(scale, scale);
  for (const stroke of strokes) drawStroke(lines, stroke, "#000");
  const sheet = new OffscreenCanvas(layer.width, layer.height);
  const page = sheet.getContext("2d");
  page.fillStyle = "#fff";
  page.fillRect(0, 0, sheet.width, sheet.height);
  if (photo) {
    const fitted = Math.min(sheet.width / photo.naturalWidth, sheet.height / photo.naturalHeight);
    const [width, height] = [photo.naturalWidth * fitted, photo.naturalHeight * fitted];
    page.drawImage(photo, (sheet.width - width) / 2, (sheet.height - height) / 2, width, height);
  }
  page.drawImage(layer, 0, 0);
  return sheet.convertToBlob({ type: "image/png" });
}
