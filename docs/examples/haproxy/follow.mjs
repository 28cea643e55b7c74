#!/usr/bin/env node
// Keeps HAProxy's backends at what the registry says. For people to read, change and run: Node 20, no packages.
//
//   follow.mjs SERVICE=BACKEND [SERVICE=BACKEND ...]
//
// Level-triggered: on every change and every few seconds it compares what should be (the registry's feed) with what is
// (`show servers state`) and does what is missing. So it may be killed anywhere, and so may HAProxy and the registry.
//
// - A service the registry has not spoken of since this program started is not known: its backend stays as it is.
// - What the registry does not answer for (an outage, a refusal, nonsense) changes nothing.
// - An instance that is gone or fails its checks gets no new requests (drain) and may finish those it has; then its slot
//   is free (maint). A service with no instances is drained like that, too: the registry said so.
// - Slots are those of `server-template`; nothing here outlives HAProxy but the state file, which it reads when it starts.

import { readFile, rename, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const WAIT_SECONDS = 30; // a request to the registry waits so long for a change
const ANSWER_MS = (WAIT_SECONDS * 17 / 16 + 15) * 1000; // the registry adds up to a sixteenth to a wait
const WHOLE_EVERY_MS = 5 * 60_000; // and asks for everything anew
const LOOK_EVERY_MS = 5_000; // compares with HAProxy, also when nothing changed
const LOOK_AGAIN_MS = 500; // while something is on its way
const MIN_DRAIN_SECONDS = 2;
const MAX_WEIGHT = 256; // HAProxy's

const { services, registry, query, socket, stateFile, drainSeconds } = settings(process.argv.slice(2), process.env);

/** What the registry said last: service → [{address, port, weight}]. Not in it: it said nothing. */
const said = new Map();

let wake = () => {};
const log = text => console.log(text);

function settings(args, env) {
  const services = args.map(arg => /^([^=\s]+)=([\w.:-]+)$/.exec(arg) ?? fail(`${arg}: expected SERVICE=BACKEND`))
    .map(([, name, backend]) => ({ name, key: name.toLowerCase(), backend }));
  if (services.length === 0) fail('Usage: follow.mjs SERVICE=BACKEND [SERVICE=BACKEND ...]');
  const address = env.CONSUL_HTTP_ADDR ?? fail('CONSUL_HTTP_ADDR is not set');
  const query = new URLSearchParams([['wait', `${WAIT_SECONDS}s`], ['passing', ''], ...services.map(s => ['service', s.name])]);
  if (env.CONSUL_NAMESPACE) query.set('ns', env.CONSUL_NAMESPACE);
  if (env.CONSUL_DATACENTER) query.set('dc', env.CONSUL_DATACENTER);
  return {
    services,
    query,
    registry: new URL('/v1/registry/feed', address.includes('://') ? address : `http://${address}`),
    socket: env.HAPROXY_SOCKET ?? '/run/haproxy/admin.sock',
    stateFile: env.HAPROXY_STATE,
    drainSeconds: Number(env.DRAIN_SECONDS ?? 30),
  };
}

function fail(text) {
  console.error(text);
  process.exit(2);
}

// ---- the registry

async function followRegistry() {
  let [index, wholeAt, pause] = [0, -Infinity, 0];
  for (;;) {
    const asked = performance.now();
    try {
      if (asked - wholeAt > WHOLE_EVERY_MS) index = 0;
      const answer = await ask(index);
      take(answer);
      if (answer.Full) wholeAt = asked;
      if (pause > 0) log('registry: answers again');
      pause = answer.Index === index && performance.now() - asked < 100 ? 1000 : 0; // it should have waited
      index = answer.Full || answer.Index >= index ? answer.Index : 0;
      await sleep(pause);
      pause = 0;
    } catch (e) {
      pause = Math.min(5000, 250 + pause * 2) * (0.75 + Math.random() / 2);
      log(`registry: ${e.cause?.code ?? e.message}; backends stay as they are, again in ${Math.round(pause)} ms`);
      await sleep(pause);
    }
  }
}

async function ask(index) {
  query.set('index', index);
  const token = process.env.CONSUL_HTTP_TOKEN_FILE // read each time: it may be rotated
    ? (await readFile(process.env.CONSUL_HTTP_TOKEN_FILE, 'utf8')).trim()
    : process.env.CONSUL_HTTP_TOKEN;
  const response = await fetch(`${registry}?${query}`, {
    headers: token ? { 'X-Consul-Token': token } : {},
    signal: AbortSignal.timeout(ANSWER_MS),
  });
  if (!response.ok) throw new Error(`${response.status} ${(await response.text()).slice(0, 200)}`);
  return response.json();
}

function take(answer) {
  if (!Number.isSafeInteger(answer?.Index) || typeof answer.Services !== 'object' || !Array.isArray(answer.Removed)) {
    throw new Error('no answer of a feed');
  }
  const found = new Map(Object.entries(answer.Services).map(([name, instances]) => [name.toLowerCase(), instances]));
  const gone = new Set(answer.Removed.map(name => name.toLowerCase()));
  const next = services.filter(({ key }) => answer.Full || found.has(key) || gone.has(key))
    .map(({ key }) => [key, (found.get(key) ?? []).map(instanceOf).filter(Boolean)]);
  for (const [key, instances] of next) { // after all were read: half an answer is none
    said.set(key, instances);
    log(`registry: ${key} at ${answer.Index}: ${instances.map(keyOf).join(' ') || 'no instance'}`);
  }
  if (next.length > 0) wake();
}

/** HAProxy's runtime API takes IP addresses only. What is sent to it is checked here: anybody may register anything. */
function instanceOf({ Node, Service }) {
  const [address, port] = [Service.Address || Node.Address, Service.Port];
  if (!net.isIP(address) || !(Number.isInteger(port) && port > 0 && port < 65536)) {
    log(`registry: ${Service.ID} left out: ${JSON.stringify(address)}:${JSON.stringify(port)} is no IP address and port`);
    return undefined;
  }
  return { address, port, weight: Math.min(Math.max(1, Service.Weights?.Passing || 1), MAX_WEIGHT) };
}

const keyOf = ({ address, port }) => `${address}:${port}`;

// ---- HAProxy

async function followHaproxy() {
  let [written, failed] = ['', ''];
  for (;;) {
    const due = new Promise(resolve => { wake = resolve; });
    let pause = LOOK_AGAIN_MS;
    try {
      let state = await tell('show servers state');
      let [changed, draining] = [false, false];
      for (const { key, backend } of services) {
        if (!said.has(key)) continue;
        const slots = await slotsOf(backend, state);
        changed = await adjust(backend, said.get(key), slots) || changed;
        draining ||= slots.some(slot => slot.isDraining);
      }
      if (changed) state = await tell('show servers state');
      const lasting = state.replace(/^((\S+ ){9})\S+/gm, '$1'); // without the time since the last change
      if (stateFile && lasting !== written) {
        await writeFile(`${stateFile}.new`, state);
        await rename(`${stateFile}.new`, stateFile);
        written = lasting;
      }
      pause = changed || draining ? LOOK_AGAIN_MS : LOOK_EVERY_MS;
      if (failed) log('haproxy: answers again');
      failed = '';
    } catch (e) {
      if (failed !== e.message) log(`haproxy: ${e.message}; trying on`);
      failed = e.message;
    }
    await Promise.race([due, sleep(pause)]);
  }
}

/** A server's admin state, of HAProxy's `show servers state`: bits. */
const MAINT = 0x01 | 0x02 | 0x20;
const DRAIN = 0x08 | 0x10;

async function slotsOf(backend, state) {
  const slots = state.split('\n').map(line => line.split(' ')).filter(f => f[1] === backend && f.length > 18).map(f => ({
    name: f[3],
    key: `${f[4]}:${f[18]}`,
    isFree: (f[6] & MAINT) !== 0,
    isDraining: (f[6] & MAINT) === 0 && (f[6] & DRAIN) !== 0,
    weight: Number(f[7]),
    seconds: Number(f[9]), // since its state last changed
    used: 0,
  }));
  if (slots.length === 0) throw new Error(`no backend ${backend} with slots`);
  if (slots.some(slot => slot.isDraining)) {
    const used = new Map((await tell(`show servers conn ${backend}`)).split('\n').map(line => line.split(' ')).map(f => [f[0], Number(f[6])]));
    for (const slot of slots) slot.used = used.get(`${backend}/${slot.name}`) ?? 0;
  }
  return slots;
}

/** Makes a backend's slots what they should be: first what adds capacity, then what takes some away. True if it did anything. */
async function adjust(backend, wanted, slots) {
  const missing = new Map(wanted.map(instance => [keyOf(instance), instance]));
  const [keep, leave] = [[], []];
  for (const slot of slots.filter(slot => !slot.isFree)) {
    (missing.has(slot.key) ? keep : leave).push({ slot, instance: missing.get(slot.key) });
    missing.delete(slot.key);
  }

  let count = 0;
  const set = async (slot, what) => {
    count++;
    return await tell(`set server ${backend}/${slot.name} ${what}`);
  };
  for (const { slot, instance } of keep) {
    if (slot.weight !== instance.weight) await set(slot, `weight ${instance.weight}`);
    if (!slot.isDraining) continue;
    await set(slot, 'state ready');
    log(`${backend}/${slot.name}: ${slot.key} is back`);
  }

  // The longest free first; if none is, the one that has drained the longest.
  const places = slots.filter(slot => slot.isFree).sort((a, b) => b.seconds - a.seconds)
    .concat(leave.map(({ slot }) => slot).filter(slot => slot.isDraining).sort((a, b) => b.seconds - a.seconds));
  for (const [key, instance] of missing) {
    const slot = places.shift();
    if (!slot) {
      log(`${backend}: no slot for ${key}; give server-template more than ${slots.length}`);
      break;
    }
    const answer = await set(slot, `addr ${instance.address} port ${instance.port}`);
    if (!/changed from|no need to change/.test(answer)) throw new Error(`${backend}/${slot.name}: ${answer.trim()}`);
    await set(slot, `weight ${instance.weight}`);
    await set(slot, 'state ready');
    leave.splice(0, leave.length, ...leave.filter(left => left.slot !== slot));
    log(`${backend}/${slot.name}: ${key} is in`);
  }

  for (const { slot } of leave) {
    if (!slot.isDraining) {
      await set(slot, 'state drain');
      log(`${backend}/${slot.name}: ${slot.key} drains`);
    } else if (slot.seconds >= drainSeconds || slot.used === 0 && slot.seconds >= MIN_DRAIN_SECONDS) {
      await set(slot, 'state maint');
      log(`${backend}/${slot.name}: ${slot.key} is out`);
    }
  }
  return count > 0;
}

/** One command of the runtime API: https://docs.haproxy.org/2.6/management.html#9.3 */
function tell(command) {
  return new Promise((resolve, reject) => {
    const parts = [];
    const connection = net.connect(socket, () => connection.end(`${command}\n`));
    connection.setTimeout(5000, () => connection.destroy(new Error(`no answer to ${command}`)));
    connection.on('data', part => parts.push(part));
    connection.on('error', reject);
    connection.on('end', () => {
      const answer = Buffer.concat(parts).toString();
      if (/^(Unknown command|Permission denied|No such)/m.test(answer)) reject(new Error(`${command}: ${answer.trim()}`));
      else resolve(answer);
    });
  });
}

await Promise.all([followRegistry(), followHaproxy()]);
