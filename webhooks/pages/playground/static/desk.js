// The tools around the conversation: clock, faults, transcript, light and dark, parts on a small screen.
import { ask, find, fullTime, make, tell } from "./element.js";

export function runClock() {
  let ahead = null;
  const tick = () => {
    if (ahead === null) return;
    const now = new Date(Date.now() + ahead);
    find("clock").dateTime = now.toISOString();
    find("clock").textContent = fullTime(now);
  };
  setInterval(tick, 1000);
  for (const step of document.querySelectorAll(".step")) {
    step.addEventListener("click", async () => {
      try {
        await ask("/clock", { seconds: Number(step.dataset.seconds) });
      } catch (error) {
        tell(error.message);
      }
    });
  }
  return ({ now }) => { ahead = Date.parse(now) - Date.now(); tick(); };
}

export function runFaults() {
  find("break").addEventListener("submit", async (event) => {
    event.preventDefault();
    const [provider, kind, times] = ["fault-provider", "fault-kind", "fault-times"].map((id) => find(id).value);
    await ask("/faults", { provider, kind, times: Number(times) }).catch((error) => tell(error.message));
  });
  find("heal").addEventListener("click", () => ask("/faults", undefined, "DELETE").catch((error) => tell(error.message)));
  return (faults) => {
    find("heal").hidden = !faults.length;
    find("faults").replaceChildren(...faults.map((fault) => make("li", {}, fault.words)));
  };
}

export function runTranscript(whose) {
  const dialog = find("transcript");
  let address = null;
  find("save").addEventListener("click", async () => {
    try {
      const { text, name, saved } = await ask("/transcript", { whose: whose() });
      find("transcript-text").textContent = text;
      find("transcript-note").textContent = saved ? `Saved as ${saved}. It is played by the tests from now on.` : "Keep it under tests/transcripts to have it played by the tests.";
      if (address) URL.revokeObjectURL(address);
      address = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
      find("download").href = address;
      find("download").download = name;
      dialog.showModal();
    } catch (error) {
      tell(error.message);
    }
  });
  find("copy").addEventListener("click", async () => {
    await navigator.clipboard.writeText(find("transcript-text").textContent).catch(() => {});
    find("copy").textContent = "Copied";
    setTimeout(() => { find("copy").textContent = "Copy"; }, 1500);
  });
}

export function runTheme() {
  const root = document.documentElement;
  const kept = localStorage.getItem("theme");
  if (kept) root.dataset.theme = kept;
  find("theme").addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    localStorage.setItem("theme", root.dataset.theme);
  });
}

// The phone and the mailbox share a place: one of them is shown, and its conversation with it.
export function runDevices(whenSwitched) {
  const desk = document.querySelector(".desk");
  const choose = (device) => {
    if (device === desk.dataset.device) return;
    desk.dataset.device = device;
    for (const button of document.querySelectorAll(".device")) button.setAttribute("aria-pressed", String(button.dataset.device === device));
    whenSwitched();
  };
  for (const button of document.querySelectorAll(".device")) button.addEventListener("click", () => choose(button.dataset.device));
  for (const view of document.querySelectorAll(".view[data-view=phone], .view[data-view=mail]")) view.addEventListener("click", () => choose(view.dataset.view));
}

export function runViews() {
  for (const view of document.querySelectorAll(".view")) {
    view.addEventListener("click", () => {
      document.querySelector(".desk").dataset.view = view.dataset.view;
      for (const other of document.querySelectorAll(".view")) other.removeAttribute("aria-current");
      view.setAttribute("aria-current", "true");
    });
  }
}
