// The place to sign by hand: a hidden field with data-sign-pad gets a canvas; what is drawn travels in it as a small PNG.
// Without this script the field stays empty, and signing works all the same.
import { made } from "./made.js";

const WIDTH = 600;
const HEIGHT = 200;

class Pad {
  constructor(field) {
    this.field = field;
    this.canvas = made("canvas", "sign-pad");
    this.canvas.width = WIDTH;
    this.canvas.height = HEIGHT;
    this.canvas.setAttribute("role", "img");
    this.canvas.setAttribute("aria-label", field.dataset.label);
    const clear = made("button", "btn small", field.dataset.clear);
    clear.type = "button";
    clear.addEventListener("click", () => this.clear());
    const place = made("div", "sign-place");
    place.append(made("span", "sub", field.dataset.label), this.canvas, clear);
    field.after(place);
    this.pen = this.canvas.getContext("2d");
    if (field.value) this.recall(field.value);
    Object.assign(this.pen, { lineWidth: 4, lineCap: "round", lineJoin: "round", strokeStyle: "#111" });
    for (const kind of ["pointerdown", "pointermove", "pointerup", "pointercancel"]) {
      this.canvas.addEventListener(kind, (event) => this.draw(event));
    }
  }

  // What was drawn before the form came back.
  recall(drawn) {
    const picture = new Image();
    picture.addEventListener("load", () => this.pen.drawImage(picture, 0, 0));
    picture.src = drawn;
  }

  point(event) {
    const box = this.canvas.getBoundingClientRect();
    return [((event.clientX - box.left) * WIDTH) / box.width, ((event.clientY - box.top) * HEIGHT) / box.height];
  }

  draw(event) {
    if (event.type === "pointerdown") {
      this.canvas.setPointerCapture(event.pointerId);
      this.drawing = true;
      this.pen.beginPath();
      this.pen.moveTo(...this.point(event));
    } else if (this.drawing && event.type === "pointermove") {
      this.pen.lineTo(...this.point(event));
      this.pen.stroke();
    } else if (this.drawing) {
      this.drawing = false;
      this.field.value = this.canvas.toDataURL("image/png");
      this.field.dispatchEvent(new Event("input", { bubbles: true }));
    }
    event.preventDefault();
  }

  clear() {
    this.pen.clearRect(0, 0, WIDTH, HEIGHT);
    this.field.value = "";
    this.canvas.focus();
  }
}

for (const field of document.querySelectorAll("input[data-sign-pad]")) new Pad(field);
