// A new element with its class and text.
export function made(tag, className = "", text = "") {
  return Object.assign(document.createElement(tag), className && { className }, text && { textContent: text });
}
