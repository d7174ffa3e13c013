// The playground: one stream of events from the server, shown by five parts.
import { Calls } from "./calls.js";
import { runClock, runDevices, runFaults, runTheme, runTranscript, runViews } from "./desk.js";
import { base } from "./element.js";
import { Mailbox } from "./mailbox.js";
import { Phone } from "./phone.js";
import { Stand } from "./stand.js";

runTheme();
runViews();
const calls = new Calls();
const stand = new Stand();
const showClock = runClock();
const showFaults = runFaults();
let stream = null;

function listen() {
  stream?.close();
  stand.forget();
  const source = new EventSource(`${base}/events?whose=${encodeURIComponent(whose())}`);
  stream = source;
  const on = (name, show) => source.addEventListener(name, (event) => { if (source === stream) show(JSON.parse(event.data)); });
  on("thread", (messages) => phone.show(messages));
  on("mails", (mails) => mailbox.show(mails));
  on("calls", (list) => calls.add(list));
  on("standing", (standing) => stand.show(standing));
  on("clock", showClock);
  on("faults", showFaults);
  source.onopen = () => { document.body.dataset.live = "yes"; };
  source.onerror = () => { document.body.dataset.live = "no"; };
}

const phone = new Phone(listen);
const mailbox = new Mailbox(listen);
const whose = () => (document.querySelector(".desk").dataset.device === "mail" ? mailbox.address : phone.number);
runDevices(listen);
runTranscript(whose);
listen();
