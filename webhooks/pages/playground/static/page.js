// The playground: one stream of events from the server, shown by four parts.
import { Calls } from "./calls.js";
import { runClock, runFaults, runTheme, runTranscript, runViews } from "./desk.js";
import { base } from "./element.js";
import { Phone } from "./phone.js";
import { Stand } from "./stand.js";

runTheme();
runViews();
const calls = new Calls();
const stand = new Stand();
const showClock = runClock();
const showFaults = runFaults();
let stream = null;

function listen(number) {
  stream?.close();
  stand.forget();
  const source = new EventSource(`${base}/events?number=${encodeURIComponent(number)}`);
  stream = source;
  const on = (name, show) => source.addEventListener(name, (event) => { if (source === stream) show(JSON.parse(event.data)); });
  on("thread", (messages) => phone.show(messages));
  on("calls", (list) => calls.add(list));
  on("standing", (standing) => stand.show(standing));
  on("clock", showClock);
  on("faults", showFaults);
  source.onopen = () => { document.body.dataset.live = "yes"; };
  source.onerror = () => { document.body.dataset.live = "no"; };
}

const phone = new Phone(listen);
runTranscript(() => phone.number);
listen(phone.number);
