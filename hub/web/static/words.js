// The page's words, as the server wrote them in the reader's language.
export const words = JSON.parse(document.getElementById("words").textContent);
export const language = document.documentElement.lang;
const plural = new Intl.PluralRules(language);

// "1 camera", "2 cameras": the form that agrees, with the number as the language writes it.
export function counted(forms, n) {
  const form = plural.select(n) === "one" ? forms.one : forms.many;
  return form.replaceAll("{n}", n.toLocaleString(language));
}

// Values in a text of the form "{distance} {sector}".
export function put(text, values) {
  return text.replaceAll(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
}

// The nearest of eight points of the compass, by its name in one of the lists of words.
export function sector(names, bearing) {
  return names[Math.round(bearing / 45) % 8];
}

export function length(metres) {
  const far = metres >= 1000;
  const number = far ? Math.round(metres / 100) / 10 : Math.round(metres);
  return `${number.toLocaleString(language)}\u00a0${far ? "km" : "m"}`;
}
