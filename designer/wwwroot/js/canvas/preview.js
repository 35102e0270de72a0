// The line that follows the hand: a wire to be, or a cut.
export class Preview {
  constructor(sheet) {
    this.line = sheet.querySelector(".preview");
  }

  show(path, kind, type = "") {
    this.line.style.setProperty("--type", type);
    this.line.setAttribute("d", path);
    this.line.setAttribute("class", `preview shown ${kind}`);
  }

  hide() {
    this.line.setAttribute("class", "preview");
    this.line.setAttribute("d", "");
  }
}
