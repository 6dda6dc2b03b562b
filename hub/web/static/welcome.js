// A link's code stands behind the # of its address, so that it is never sent with one. Here it goes into the form, and out
// of the address and the history. Where somebody is signed in already, they press the button themselves: a link from a
// stranger must not sign them in as somebody else unseen.
const form = document.getElementById("code");

function take() {
  const code = location.hash.slice(1);
  if (!code) return;
  history.replaceState(null, "", location.pathname);
  form.elements.code.value = code;
  if (form.dataset.send) form.requestSubmit();
}

addEventListener("hashchange", take);
take();
