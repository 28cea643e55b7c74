// Runs named checks against the API with Consul's client from npm and prints one line of JSON a check.
'use strict';

const assert = require('node:assert/strict');
const Consul = require('consul');

const token = process.env.CONSUL_TOKEN;
const connect = (url, withToken = token) => {
  const { hostname, port } = new URL(url);
  return new Consul({ host: hostname, port: Number(port), ...(withToken ? { defaults: { token: withToken } } : {}) });
};

const registry = connect(process.env.REGISTRY_ADDR);
// The edge agent on loopback: whoever reaches it speaks for the machine, so it asks for no token.
const agent = process.env.AGENT_ADDR ? connect(process.env.AGENT_ADDR, null) : null;

const checks = [];
const check = (name, body) => checks.push({ name, body });

// The call is refused with the status, and the text says why.
async function refused(promise, status, part) {
  let answer;
  try {
    answer = await promise;
  } catch (error) {
    const body = error.response && error.response.body;
    const text = Buffer.isBuffer(body) || typeof body === 'string' ? String(body) : JSON.stringify(body);
    assert.equal(error.response && error.response.statusCode, status, `${error.stack}\n${text}`);
    assert.ok(text.includes(part), `${part} is not in ${text}`);
    return;
  }

  assert.fail(`expected ${status} (${part}), got ${JSON.stringify(answer)}`);
}

// Plain HTTP, for what the client has no name for.
async function http(method, path, body, base = process.env.REGISTRY_ADDR) {
  const answer = await fetch(base + path, {
    method,
    headers: base === process.env.REGISTRY_ADDR ? { 'X-Consul-Token': token } : {},
    body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
  });
  const text = await answer.text();
  let json = null;
  try {
    json = JSON.parse(text);
  } catch {
    // Not every answer is JSON: the text is there beside it.
  }

  return { status: answer.status, index: Number(answer.headers.get('x-consul-index')), headers: answer.headers, text, json };
}

// Until the look gives something true; fails with what was seen last.
async function eventually(look, seconds = 20) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const seen = await look().catch((error) => ({ error: String(error) }));
    if (seen && !seen.error) return seen;
    if (Date.now() > end) assert.fail(`not within ${seconds} s: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function run() {
  for (const { name, body } of checks) {
    try {
      await body();
      console.log(JSON.stringify({ name, ok: true }));
    } catch (error) {
      const answer = error.response && error.response.body ? ` ${error.response.body}` : '';
      console.log(JSON.stringify({ name, ok: false, error: `${error.stack}${answer}` }));
    }
  }

  process.exit(0);
}

module.exports = { Consul, assert, agent, check, connect, eventually, http, refused, registry, run };
