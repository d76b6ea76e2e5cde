// The one WebSocket of this window: requests with their replies, and frames that the server pushes. It comes back by itself.

const WAITS = [250, 500, 1000, 2000, 4000];

/** Why the server did not do what was asked. `kind` is "refused", "failed", "invalid", or "offline" while there is no connection. */
export class RequestError extends Error {
  constructor(kind, message) {
    super(message);
    this.kind = kind;
  }
}

export class Connection {
  /** `onframe(frame)` hears every snapshot and update, `onstate(open)` when the connection comes and goes. */
  constructor({ address, onframe, onstate }) {
    this.address = address;
    this.onframe = onframe;
    this.onstate = onstate;
    this.waiting = new Map();
    this.lastId = 0;
    this.failures = 0;
  }

  /** Connect; `address()` is asked again at every attempt. */
  open() {
    this.socket = new WebSocket(this.address());
    this.socket.addEventListener("open", () => {
      this.failures = 0;
      this.onstate(true);
    });
    this.socket.addEventListener("message", (event) => this.#receive(JSON.parse(event.data)));
    this.socket.addEventListener("close", () => this.#lost());
  }

  /** Ask the server for something. Rejects with RequestError. */
  request(op, fields = {}) {
    if (this.socket?.readyState !== WebSocket.OPEN) {
      return Promise.reject(new RequestError("offline", "The sandbox does not answer."));
    }
    const id = (this.lastId += 1);
    this.socket.send(JSON.stringify({ ...fields, id, op }));
    return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
  }

  #receive(frame) {
    if (frame.type !== "reply") {
      this.onframe(frame);
      return;
    }
    const waiting = this.waiting.get(frame.id);
    this.waiting.delete(frame.id);
    if (frame.ok) waiting?.resolve(frame.result);
    else waiting?.reject(new RequestError(frame.error.kind, frame.error.message));
  }

  #lost() {
    for (const { reject } of this.waiting.values()) {
      reject(new RequestError("offline", "The sandbox stopped answering."));
    }
    this.waiting.clear();
    this.onstate(false);
    const wait = WAITS[Math.min(this.failures, WAITS.length - 1)];
    this.failures += 1;
    setTimeout(() => this.open(), wait);
  }
}
