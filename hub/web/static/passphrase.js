// Says how hard a passphrase is to guess, and whether both are the same. A hint alone: the hub decides.
const WEAK_BITS = 45, FAIR_BITS = 60;  // as the meter's low and high
const WORD_BITS = 8;  // a word out of a few hundred, which is how people choose

const form = document.querySelector("form.passphrase");
if (form) {
  const { passphrase, repeated } = form.elements;
  const meter = form.querySelector("meter");
  const told = form.querySelector("#strength-told");
  const judge = () => {
    const bits = strength(passphrase.value);
    form.querySelector(".strength").hidden = passphrase.value === "";
    meter.value = Math.min(100, bits);
    const word = bits < WEAK_BITS ? "weak" : bits < FAIR_BITS ? "fair" : "strong";
    if (told.textContent !== told.dataset[word]) told.textContent = told.dataset[word];
    const differs = repeated.value !== "" && repeated.value !== passphrase.value;
    repeated.setCustomValidity(differs ? repeated.dataset.differs : "");
  };
  passphrase.addEventListener("input", judge);
  repeated.addEventListener("input", judge);
}

export function strength(text) {
  const parts = text.toLowerCase().split(/[\s-]+/).filter(Boolean);
  const allWords = parts.length > 1 && parts.every((word) => /^\p{L}+$/u.test(word));
  if (allWords) return new Set(parts).size * WORD_BITS;
  const pool = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/].reduce((sum, kind, at) => sum + (kind.test(text) ? [26, 26, 10, 32][at] : 0), 0);
  const letters = [...text];
  // A letter that came before hardly adds anything.
  return (new Set(letters).size + (letters.length - new Set(letters).size) / 4) * Math.log2(pool || 1);
}
