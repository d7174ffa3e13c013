// The phone: whose it is, the thread, quick answers, the box to write in.
import { ask, clockTime, find, fullTime, make, tell } from "./element.js";

const GREETINGS = [
  "huge pothole in front of 123 Broadway, Brooklyn",
  "No hay agua caliente en 55 Water St, Manhattan",
  "status",
];
const PATIENCE_MS = 15000;

export class Phone {
  constructor(whenSwitched) {
    this.whenSwitched = whenSwitched;
    this.number = document.querySelector(".person[aria-selected=true]").dataset.number;
    this.waiting = null;
    this.shown = "";
    this.hearPeople();
    this.hearWriting();
    this.showLine();
    this.show([]);
  }

  hearPeople() {
    const tabs = document.querySelector(".people");
    tabs.addEventListener("click", (event) => {
      const person = event.target.closest(".person");
      if (person && person.dataset.number) this.switchTo(person);
    });
    tabs.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const all = [...tabs.querySelectorAll(".person[data-number]")];
      const next = all[(all.indexOf(document.activeElement) + step + all.length) % all.length];
      next.focus();
      this.switchTo(next);
    });
    find("another").addEventListener("click", () => find("number-dialog").showModal());
    find("number-cancel").addEventListener("click", () => find("number-dialog").close());
    find("number-form").addEventListener("submit", () => this.addPerson(find("new-number").value.trim()));
  }

  addPerson(number) {
    if (!/^\+?[0-9]{5,15}$/.test(number)) return;
    const known = document.querySelector(`.person[data-number="${CSS.escape(number)}"]`);
    const tab = known || make("button", { type: "button", role: "tab", class: "person", "data-number": number, "aria-selected": "false", tabindex: "-1" },
      make("span", { class: "face", "aria-hidden": "true" }, "#"), "…" + number.slice(-4));
    if (!known) find("another").before(tab);
    this.switchTo(tab);
  }

  switchTo(person) {
    for (const other of document.querySelectorAll(".person[data-number]")) {
      other.setAttribute("aria-selected", String(other === person));
      other.tabIndex = other === person ? 0 : -1;
    }
    this.number = person.dataset.number;
    this.stopWaiting();
    this.shown = "";
    this.showLine();
    this.show([]);
    this.whenSwitched(this.number);
  }

  showLine() {
    find("numbers").textContent = `${this.number}  to  ${document.body.dataset.number}`;
  }

  hearWriting() {
    const words = find("words");
    find("compose").addEventListener("submit", (event) => {
      event.preventDefault();
      this.send(words.value);
    });
    words.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        this.send(words.value);
      }
    });
    find("more").addEventListener("click", () => {
      const extras = find("extras");
      extras.hidden = !extras.hidden;
      find("more").setAttribute("aria-expanded", String(!extras.hidden));
    });
  }

  async send(text) {
    const [photo, late, times] = ["photo", "late", "times"].map((id) => find(id).value);
    if (!text.trim() && !photo) return;
    find("words").value = "";
    find("choices").replaceChildren();
    if (late === "0") this.startWaiting();
    try {
      await ask("/text", { from: this.number, text, photo, late_s: Number(late), times: Number(times) });
      find("photo").value = "";
      find("late").value = "0";
      find("times").value = "1";
    } catch (error) {
      find("words").value = text;
      this.stopWaiting();
      tell(error.message);
    }
  }

  startWaiting() {
    this.stopWaiting();
    this.typing = make("div", { class: "typing", "aria-hidden": "true" }, make("i"), make("i"), make("i"));
    find("thread").append(this.typing);
    this.scroll();
    this.waiting = setTimeout(() => this.stopWaiting(), PATIENCE_MS);
  }

  stopWaiting() {
    clearTimeout(this.waiting);
    this.typing?.remove();
    this.typing = null;
  }

  show(messages) {
    const now = JSON.stringify(messages);
    if (now === this.shown) return;
    this.shown = now;
    const thread = find("thread");
    if (!messages.length) {
      thread.replaceChildren(this.greeting());
      find("choices").replaceChildren();
      return;
    }
    const last = messages[messages.length - 1];
    const waiting = this.typing && last.mine;
    const known = new Set([...thread.querySelectorAll("[data-id]")].map((node) => node.dataset.id));
    thread.replaceChildren(...this.bubbles(messages, known));
    if (waiting) thread.append(this.typing);
    else this.stopWaiting();
    this.offerChoices(last);
    this.scroll();
  }

  greeting() {
    return make("div", { class: "hello" }, make("p", {}, "Text the city as a resident would."),
      ...GREETINGS.map((words) => make("button", { type: "button", onclick: () => this.send(words) }, words)));
  }

  bubbles(messages, known) {
    const nodes = [];
    let before = 0;
    for (const message of messages) {
      const side = message.mine ? "mine" : "theirs";
      const at = Date.parse(message.at);
      if (at - before > 15 * 60000) nodes.push(make("p", { class: "stamp" }, fullTime(message.at)));
      before = at;
      const bubble = make("div", { class: `bubble ${side}${message.carrier ? " carrier" : ""}`, "data-id": message.id },
        make("span", { class: "hidden" }, message.mine ? "Resident: " : "CityHelper: "));
      if (known.has(message.id)) bubble.style.animation = "none";
      for (const photo of message.photos) bubble.append(picture(photo));
      bubble.append(message.text);
      nodes.push(bubble, make("p", { class: `under ${side}${message.failed ? " failed" : ""}` }, [clockTime(message.at), message.note].filter(Boolean).join(" · ")));
    }
    return nodes;
  }

  offerChoices(last) {
    const offered = last.mine ? [] : readChoices(last.text);
    find("choices").replaceChildren(...offered.map(([number, label]) =>
      make("button", { type: "button", title: label, onclick: () => this.send(number) }, `${number} ${label}`)));
  }

  scroll() {
    const thread = find("thread");
    requestAnimationFrame(() => { thread.scrollTop = thread.scrollHeight; });
  }
}

function picture(photo) {
  const image = make("img", { class: "pic", src: photo.image, alt: "Attached photo" });
  image.addEventListener("error", () => image.replaceWith(make("span", { class: "file" }, "attachment")));
  return image;
}

// Numbered choices as people see them: one a line, or in a row ("1 yes, 2 no").
export function readChoices(text) {
  const lines = [...text.matchAll(/^\s*([1-9])[.):]?\s+(.+)$/gm)].map((found) => [found[1], found[2].trim()]);
  if (lines.length > 1) return lines;
  const row = [...text.matchAll(/(?:^|[\s(:])([1-9])[.):]?\s+([^\d\n,;.]+)/g)].map((found) => [found[1], found[2].trim()]);
  const inOrder = row.every(([number], index) => Number(number) === index + 1);
  return row.length > 1 && inOrder ? row : [];
}
