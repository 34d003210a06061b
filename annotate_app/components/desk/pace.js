// How long an item has been looked at, and when a pause would do good. No clock is trusted to run on.

const PAUSE_AFTER_MS = 45 * 60_000;
const A_PAUSE_MS = 10 * 60_000;
const LOOK_MS = 5_000;

export class Pace {
  // `hint` is called once for every 45 minutes of work without a pause of ten.
  constructor(hint) {
    this.hint = hint;
    this.seen = 0;
    this.since = null;
    this.worked = 0;
    this.last = performance.now();
    this.look = () => this.#turn(document.visibilityState === "visible");
    document.addEventListener("visibilitychange", this.look);
    this.timer = setInterval(() => this.#work(), LOOK_MS);
  }

  // Begin to time an item that was looked at for so many seconds before.
  begin(seconds = 0) {
    this.seen = seconds * 1_000;
    this.since = document.visibilityState === "visible" ? performance.now() : null;
  }

  get seconds() {
    const now = this.since === null ? 0 : performance.now() - this.since;
    return Math.round((this.seen + now) / 100) / 10;
  }

  // The rater takes a rest, or says that none is wanted yet.
  rested() {
    this.worked = 0;
    this.last = performance.now();
  }

  end() {
    clearInterval(this.timer);
    document.removeEventListener("visibilitychange", this.look);
  }

  #turn(visible) {
    if (this.since !== null) this.seen += performance.now() - this.since;
    this.since = visible ? performance.now() : null;
  }

  // A laptop that slept has not worked: a long gap between two looks is a pause.
  #work() {
    const now = performance.now();
    const gap = now - this.last;
    this.last = now;
    if (document.visibilityState !== "visible") {
      this.away = (this.away ?? 0) + gap;
      if (this.away >= A_PAUSE_MS) this.worked = 0;
      return;
    }
    this.away = 0;
    if (gap >= A_PAUSE_MS) this.worked = 0;
    else this.worked += gap;
    if (this.worked >= PAUSE_AFTER_MS) {
      this.worked = 0;
      this.hint();
    }
  }
}
