// Pictures that come from outside: chosen, dropped anywhere on the page, or pasted.

/** Calls `open` with each file; `target` shows that something may be dropped. */
export function takePictures({ inputs, target, open }) {
  for (const input of inputs) {
    input.addEventListener("change", () => {
      open(input.files[0]);
      input.value = ""; // the same file may be chosen again
    });
  }
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    target.classList.add("drop");
  });
  for (const name of ["dragleave", "drop"]) {
    document.addEventListener(name, () => target.classList.remove("drop"));
  }
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    open(event.dataTransfer.files[0]);
  });
  document.addEventListener("paste", (event) => open([...event.clipboardData.files][0]));
}
