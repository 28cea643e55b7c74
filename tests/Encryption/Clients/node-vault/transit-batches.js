// Batches on every verb that takes an input: in order, each item with its own fault.
'use strict';

const { vault, check, run, failed, assert, b64, text } = require('./harness');

const batch = async (path, items, more) => (await vault.write(`transit/${path}`, { batch_input: items, ...more })).data.batch_results;

check('encrypt and decrypt', async () => {
  await vault.transitCreateKey({ name: 'b' });
  const inputs = Array.from({ length: 200 }, (_, i) => ({ plaintext: b64(`item ${i}`), reference: `ref ${i}` }));
  const encrypted = await batch('encrypt/b', inputs);
  assert.equal(encrypted.length, 200);
  assert.equal(encrypted[7].reference, 'ref 7');
  const decrypted = await batch('decrypt/b', encrypted.map(({ ciphertext }) => ({ ciphertext })));
  decrypted.forEach((item, i) => assert.equal(text(item.plaintext), `item ${i}`));
});

check('one bad item of many', async () => {
  const inputs = Array.from({ length: 10 }, (_, i) => ({ plaintext: i === 7 ? '%%%' : b64(`item ${i}`) }));
  const { data } = await failed(vault.write('transit/encrypt/b', { batch_input: inputs }), 400);
  assert.equal(data.batch_results.length, 10);
  data.batch_results.forEach((item, i) => assert.equal(i === 7 ? typeof item.error : typeof item.ciphertext, 'string'));
  const results = await batch('encrypt/b', inputs, { partial_failure_response_code: 200 });
  assert.ok(results[7].error);
  assert.match(results[8].ciphertext, /^vault:v1:/);
});

check('rewrap', async () => {
  const encrypted = await batch('encrypt/b', [{ plaintext: b64('one') }, { plaintext: b64('two') }]);
  await vault.write('transit/keys/b/rotate', {});
  const rewrapped = await batch('rewrap/b', encrypted.map(({ ciphertext }) => ({ ciphertext })));
  rewrapped.forEach(({ ciphertext }) => assert.match(ciphertext, /^vault:v2:/));
  assert.equal(text((await batch('decrypt/b', rewrapped.map(({ ciphertext }) => ({ ciphertext }))))[1].plaintext), 'two');
});

check('hmac, and verify of hmacs', async () => {
  const made = await batch('hmac/b', [{ input: b64('one') }, { input: b64('two') }]);
  const verified = await batch('verify/b', [{ input: b64('one'), hmac: made[0].hmac }, { input: b64('one'), hmac: made[1].hmac }]);
  assert.deepEqual(verified.map(({ valid }) => valid), [true, false]);
});

check('sign and verify', async () => {
  await vault.transitCreateKey({ name: 'bs', type: 'ed25519' });
  const made = await batch('sign/bs', [{ input: b64('one'), reference: 'r' }, { input: b64('two') }]);
  assert.equal(made[0].reference, 'r');
  const verified = await batch('verify/bs', [{ input: b64('one'), signature: made[0].signature }, { input: b64('one'), signature: made[1].signature }]);
  assert.deepEqual(verified.map(({ valid }) => valid), [true, false]);
});

check('data keys', async () => {
  const made = await batch('datakey/plaintext/b', [{ bits: 128 }, { bits: 512, reference: 'r' }]);
  assert.equal(Buffer.from(made[0].plaintext, 'base64').length, 16);
  assert.equal(made[1].reference, 'r');
  assert.equal(text((await vault.decryptData({ name: 'b', ciphertext: made[1].ciphertext })).data.plaintext).length > 0, true);
});

check('contexts of a derived key, item by item', async () => {
  await vault.transitCreateKey({ name: 'bd', derived: true });
  const encrypted = await batch('encrypt/bd', [{ plaintext: b64('one'), context: b64('a') }, { plaintext: b64('two'), context: b64('b') }]);
  const decrypted = await batch('decrypt/bd', encrypted.map(({ ciphertext }, i) => ({ ciphertext, context: b64('ab'[i]) })));
  assert.deepEqual(decrypted.map(({ plaintext }) => text(plaintext)), ['one', 'two']);
});

check('an empty batch', async () => {
  await failed(vault.write('transit/encrypt/b', { batch_input: [] }), 400);
});

run();
