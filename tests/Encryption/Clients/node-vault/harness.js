// Runs named checks against the API with node-vault and prints one line of JSON a check.
'use strict';

const assert = require('node:assert/strict');
const connect = require('node-vault');

const vault = connect({ endpoint: process.env.VAULT_ADDR, token: process.env.VAULT_TOKEN });
const checks = [];

const check = (name, body) => checks.push({ name, body });

const b64 = (text) => Buffer.from(text).toString('base64');
const text = (base64) => Buffer.from(base64, 'base64').toString();

// The API with another token or namespace.
const as = (token, namespace) => connect({ endpoint: process.env.VAULT_ADDR, token, namespace });

// Whatever node-vault has no name for.
const call = (method, path, json, headers = {}, client = vault) =>
  client.request({ path: `/${path}`, method, json, headers });

// The call is refused with the status, and one of its errors has the text in it.
async function refused(promise, status, part) {
  let answer;
  try {
    answer = await promise;
  } catch (error) {
    assert.equal(error.response && error.response.statusCode, status, error.stack);
    assert.ok(Array.isArray(error.response.body.errors), JSON.stringify(error.response.body));
    assert.ok(error.response.body.errors.some((e) => e.includes(part)), `${part} is not in ${JSON.stringify(error.response.body.errors)}`);
    return error.response.body;
  }

  assert.fail(`expected ${status} (${part}), got ${JSON.stringify(answer)}`);
}

// The body of an answer whose status node-vault takes for a failure: a batch that failed in part.
async function failed(promise, status) {
  try {
    await promise;
  } catch (error) {
    assert.equal(error.response && error.response.statusCode, status, error.stack);
    return error.response.body;
  }

  return assert.fail(`expected ${status}`);
}

async function run() {
  for (const { name, body } of checks) {
    try {
      await body();
      console.log(JSON.stringify({ name, ok: true }));
    } catch (error) {
      const answer = error.response && error.response.body ? ` ${JSON.stringify(error.response.body)}` : '';
      console.log(JSON.stringify({ name, ok: false, error: `${error.stack}${answer}` }));
    }
  }
}

module.exports = { vault, check, run, as, call, refused, failed, b64, text, assert };
