// Where the conversation stands: the flow's diagram with the present state lit, and the facts.
import { ask, find, make } from "./element.js";

export class Stand {
  constructor() {
    this.drawn = "";
    this.chosen = false;
    this.latest = null;
    this.values = new Map();
    find("flows").addEventListener("change", () => { this.chosen = true; this.draw(find("flows").value); });
    this.load();
  }

  async load() {
    try {
      const { flows } = await ask("/flows");
      find("flows").replaceChildren(...flows.map((flow) => make("option", { value: flow.name }, flow.title)));
      const first = flows.find((flow) => flow.name === "report") || flows[0];
      if (first && !this.drawn) await this.draw(this.latest?.flow || first.name);
    } catch (error) {
      find("diagram").replaceChildren(make("p", { class: "none" }, error.message));
    }
  }

  forget() {
    this.values.clear();
    this.latest = null;
    this.chosen = false;
  }

  show(standing) {
    this.latest = standing;
    const words = find("standing");
    words.replaceChildren(...standing.words.map((part) => (part.strong ? make("b", {}, part.text) : part.text)));
    if (standing.flow && standing.flow !== this.drawn && !this.chosen) this.draw(standing.flow);
    else this.light();
    this.showFacts(standing.facts);
    find("facts-note").textContent = standing.note || "";
  }

  async draw(flow) {
    this.drawn = flow;
    find("flows").value = flow;
    const { svg } = await ask(`/flows/${encodeURIComponent(flow)}`).catch((error) => ({ svg: null, error }));
    if (this.drawn !== flow) return;
    if (!svg) {
      find("diagram").replaceChildren(make("p", { class: "none" }, "There is no diagram of this flow."));
      return;
    }
    const picture = new DOMParser().parseFromString(svg, "image/svg+xml").documentElement;
    find("diagram").replaceChildren(document.importNode(picture, true));
    this.light();
  }

  light() {
    const here = this.latest && this.latest.flow === this.drawn ? this.latest : { been: [], question: "" };
    for (const node of find("diagram").querySelectorAll("[data-state]")) {
      node.classList.toggle("been", here.been.includes(node.dataset.state));
      node.classList.toggle("now", node.dataset.state === here.question);
    }
    const now = find("diagram").querySelector(".now");
    if (now) this.bringIntoView(now);
  }

  bringIntoView(state) {
    const view = find("diagram");
    const [box, frame] = [state.getBoundingClientRect(), view.getBoundingClientRect()];
    view.scrollTop += box.top - frame.top - (frame.height - box.height) / 2;
    view.scrollLeft += box.left - frame.left - (frame.width - box.width) / 2;
  }

  showFacts(facts) {
    const first = this.values.size === 0;
    find("facts").replaceChildren(...facts.map(({ name, label, value }) => {
      const fresh = !first && this.values.get(name) !== value;
      return make("div", { class: fresh ? "fact new" : "fact" }, make("dt", {}, label), make("dd", {}, value));
    }));
    if (!facts.length) find("facts").append(make("p", { class: "none" }, "No facts yet. They appear as the resident tells them."));
    this.values = new Map(facts.map(({ name, value }) => [name, value]));
  }
}
