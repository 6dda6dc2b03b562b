// Sends the file of an import that was taken back, as it is, with a bar; the hub checks that it is that very file.
for (const form of document.querySelectorAll("form.bring-back")) {
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const [file] = form.querySelector("input[type=file]").files;
    if (file) send(form, file);
  });
}

// By XMLHttpRequest: only it says how much has left.
function send(form, file) {
  const bar = form.querySelector("progress");
  const told = form.querySelector(".told");
  const button = form.querySelector("button");
  const failed = (sentence) => {
    told.textContent = sentence;
    bar.hidden = true;
    button.disabled = false;
  };
  const request = new XMLHttpRequest();
  request.open("POST", form.dataset.to);
  request.responseType = "json";
  request.setRequestHeader("content-type", "application/octet-stream");
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    bar.max = total || 1;
    bar.value = loaded;
  });
  request.addEventListener("load", () => {
    const { page, problem } = request.response ?? {};
    if (page) location.assign(page);
    else failed(problem ?? form.dataset.lost);
  });
  request.addEventListener("error", () => failed(form.dataset.lost));
  told.textContent = "";
  bar.hidden = false;
  button.disabled = true;
  request.send(file);
}
