// The camera of the device that the browser runs on. Browsers lend it to pages
// on https and on localhost only; elsewhere a phone can still take a photo.

const LARGEST = 1280;
const REASONS = {
  NotAllowedError: "The browser was not allowed to use its camera. Allow it in the address bar and try again",
  NotFoundError: "This device has no camera. Open a picture instead",
  NotReadableError: "The camera is in use by another program. Close that and try again",
};

/** Whether this browser lends its camera to this page. */
export const lendsCamera = () => Boolean(window.isSecureContext && navigator.mediaDevices && navigator.mediaDevices.getUserMedia);

/** Shows the camera in a video element; throws an Error with a sentence for people. */
export async function startCamera(video, onEnd) {
  try {
    const stream = await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { facingMode: { ideal: "environment" }, width: { ideal: LARGEST } },
    });
    video.srcObject = stream;
    stream.getVideoTracks()[0].addEventListener("ended", onEnd);
    await video.play();
  } catch (error) {
    stopCamera(video);
    throw new Error(REASONS[error.name] || `The camera does not start (${error.message || error.name})`);
  }
}

/** Gives the camera back. */
export function stopCamera(video) {
  for (const track of video.srcObject ? video.srcObject.getTracks() : []) track.stop();
  video.srcObject = null;
}

/** The present frame as a file: JPEG for reading, PNG for keeping. */
export function grabFrame(video, type = "image/jpeg") {
  const scale = Math.min(1, LARGEST / Math.max(video.videoWidth, video.videoHeight));
  const sheet = new OffscreenCanvas(Math.round(video.videoWidth * scale), Math.round(video.videoHeight * scale));
  sheet.getContext("2d").drawImage(video, 0, 0, sheet.width, sheet.height);
  return sheet.convertToBlob({ type, quality: 0.9 });
}
