// Passkeys: the browser asks a device to make one, or to prove that it has one; the hub checks what it says.
const { startRegistration, startAuthentication, browserSupportsWebAuthn } = window.SimpleWebAuthnBrowser;

const STEPS = {
  "sign-in": { options: "/sign-in/passkey/options", answer: "/sign-in/passkey", ask: startAuthentication },
  account: { options: "/account/passkeys/options", answer: "/account/passkeys", ask: startRegistration },
};

async function send(address, fields) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { accept: "application/json" },
    body: new URLSearchParams(fields),
  });
  const said = await answer.json();
  if (!answer.ok) throw new Error(said.problem ?? said.error ?? answer.statusText);
  return said;
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!browserSupportsWebAuthn()) continue;
  const step = STEPS[form.dataset.passkey], wrong = form.querySelector(".wrong"), button = form.querySelector("button");
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    wrong.hidden = true;
    button.disabled = true;
    try {
      const optionsJSON = await send(step.options, {});
      const answer = JSON.stringify(await step.ask({ optionsJSON }));
      const label = form.elements.label?.value ?? "";
      const { next } = await send(step.answer, { answer, label, next: form.dataset.next ?? "/" });
      location.assign(next);
    } catch (problem) {
      // Whoever changes their mind needs no sentence.
      wrong.textContent = problem.message;
      wrong.hidden = problem.name === "NotAllowedError" || problem.name === "AbortError";
    } finally {
      button.disabled = false;
    }
  });
}
