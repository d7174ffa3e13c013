// The mailbox: what came and went, ours in frames without scripts, and the box to write in.
import { ask, clockTime, find, make, tell } from "./element.js";

const GREETINGS = [
  ["Pothole on our street", "Hello,\n\nthere is a huge pothole in front of 123 Broadway in Brooklyn.\n\nJane"],
  ["No hay agua caliente", "Buenas tardes, no hay agua caliente en 55 Water St, Manhattan, desde el lunes."],
];

export class Mailbox {
  constructor(whenSwitched) {
    this.address = find("mailbox").value;
    this.answered = null;
    this.shown = "";
    find("mailbox").addEventListener("change", () => {
      this.address = find("mailbox").value;
      this.startFresh();
      this.show([]);
      whenSwitched();
    });
    find("fresh").addEventListener("click", () => this.startFresh());
    find("mail-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.send(find("subject").value, find("mail-words").value);
    });
    this.show([]);
  }

  // The form is free at once: the answer may be here, and be answered, before the door has said "taken".
  async send(subject, text) {
    if (!subject.trim() && !text.trim()) return;
    const answered = this.answered;
    const order = { from: this.address, text, client: find("client").value, dkim: find("dkim").value };
    if (answered) order.answers = answered.id;
    else order.subject = subject;
    this.startFresh();
    try {
      await ask("/mail", order);
    } catch (error) {
      tell(error.message);
      if (!find("subject").value && !find("mail-words").value && !this.answered) this.putBack(subject, text, answered);
    }
  }

  putBack(subject, text, answered) {
    if (answered) this.answer(answered);
    find("subject").value = subject;
    find("mail-words").value = text;
  }

  startFresh() {
    this.answered = null;
    find("subject").value = "";
    find("mail-words").value = "";
    find("answering").hidden = true;
    find("subject-box").hidden = false;
  }

  answer(mail) {
    this.answered = mail;
    find("answering").hidden = false;
    find("answering").firstElementChild.textContent = `Answer to: ${mail.subject}`;
    find("subject-box").hidden = true;
    find("mail-words").focus();
  }

  show(mails) {
    const now = JSON.stringify(mails);
    if (now === this.shown) return;
    this.shown = now;
    const list = find("mails");
    if (!mails.length) {
      list.replaceChildren(greeting((subject, text) => this.send(subject, text)));
      return;
    }
    list.querySelector(".hello")?.remove();
    const ids = new Set(mails.map((mail) => mail.id));
    for (const node of [...list.children]) if (!ids.has(node.dataset.id)) node.remove();
    for (const mail of mails) {
      if (list.querySelector(`[data-id="${CSS.escape(mail.id)}"]`)) continue;
      for (const older of list.querySelectorAll("details")) older.open = false;
      list.append(this.letter(mail));
    }
    requestAnimationFrame(() => list.lastElementChild.scrollIntoView({ block: "start" }));
  }

  letter(mail) {
    const box = make("details", { class: mail.mine ? "mail mine" : "mail", "data-id": mail.id, open: true },
      make("summary", {}, make("span", { class: "from" }, mail.mine ? "You" : mail.from),
        make("span", { class: "at" }, clockTime(mail.at)),
        make("span", { class: "about" }, mail.subject || "(no subject)")));
    if (mail.frame) box.append(frame(mail, this.address));
    else box.append(make("p", { class: "said" }, mail.text));
    if (!mail.mine) {
      box.append(make("div", { class: "deeds" },
        make("button", { type: "button", class: "quiet strong", onclick: () => this.answer(mail) }, "Answer")));
    }
    return box;
  }
}

function greeting(send) {
  return make("div", { class: "hello" }, make("p", {}, "Write to the city as a resident would."),
    ...GREETINGS.map(([subject, text]) => make("button", { type: "button", onclick: () => send(subject, text) }, subject)));
}

// A frame as high as its mail: it is of our origin and runs no script, so its height can be read.
function frame(mail, address) {
  const view = make("iframe", {
    title: `Mail: ${mail.subject}`, src: `${mail.frame}?address=${encodeURIComponent(address)}`,
    sandbox: "allow-same-origin allow-popups allow-popups-to-escape-sandbox", referrerpolicy: "no-referrer",
  });
  const fit = () => {
    const page = view.contentDocument?.documentElement;
    if (page) view.style.height = `${page.scrollHeight}px`;
  };
  view.addEventListener("load", () => {
    fit();
    new ResizeObserver(fit).observe(view.contentDocument.body);
  });
  return view;
}
