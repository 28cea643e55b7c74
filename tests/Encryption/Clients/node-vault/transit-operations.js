// What keys of the transit engine are for, one item at a time.
'use strict';

const crypto = require('node:crypto');
const { vault, check, run, refused, failed, assert, b64, text } = require('./harness');

const write = async (path, json) => (await vault.write(`transit/${path}`, json)).data;
const altered = (ciphertext) => {
  const [prefix, version, body] = ciphertext.split(':');
  const bytes = Buffer.from(body, 'base64');
  bytes[bytes.length - 1] ^= 1;
  return [prefix, version, bytes.toString('base64')].join(':');
};

for (const type of ['aes128-gcm96', 'aes256-gcm96', 'chacha20-poly1305', 'rsa-2048', 'rsa-3072', 'rsa-4096']) {
  check(`encrypt, decrypt and rewrap with ${type}`, async () => {
    const name = `e-${type}`;
    await vault.transitCreateKey({ name, type });
    const { ciphertext, key_version: version } = (await vault.encryptData({ name, plaintext: b64('plain text') })).data;
    assert.match(ciphertext, /^vault:v1:/);
    assert.equal(version, 1);
    assert.equal(text((await vault.decryptData({ name, ciphertext })).data.plaintext), 'plain text');
    await failed(vault.decryptData({ name, ciphertext: altered(ciphertext) }), 400);
    await write(`keys/${name}/rotate`, {});
    const rewrapped = (await vault.rewrapData({ name, ciphertext })).data;
    assert.match(rewrapped.ciphertext, /^vault:v2:/);
    assert.equal(text((await vault.decryptData({ name, ciphertext: rewrapped.ciphertext })).data.plaintext), 'plain text');
    assert.match((await write(`encrypt/${name}`, { plaintext: b64('x'), key_version: 1 })).ciphertext, /^vault:v1:/);
  });
}

check('upsert', async () => {
  const { ciphertext } = await write('encrypt/made-by-encrypting', { plaintext: b64('x') });
  assert.equal(text((await write('decrypt/made-by-encrypting', { ciphertext })).plaintext), 'x');
  await write('encrypt/made-derived', { plaintext: b64('x'), context: b64('c'), type: 'chacha20-poly1305' });
  const { data } = await vault.transitReadKey({ name: 'made-derived' });
  assert.equal(data.derived, true);
  assert.equal(data.type, 'chacha20-poly1305');
});

check('associated data', async () => {
  await vault.transitCreateKey({ name: 'aad' });
  const { ciphertext } = await write('encrypt/aad', { plaintext: b64('x'), associated_data: b64('bound') });
  assert.equal(text((await write('decrypt/aad', { ciphertext, associated_data: b64('bound') })).plaintext), 'x');
  await failed(vault.write('transit/decrypt/aad', { ciphertext, associated_data: b64('other') }), 400);
  await failed(vault.write('transit/decrypt/aad', { ciphertext }), 400);
});

check('derived keys', async () => {
  await vault.transitCreateKey({ name: 'derived', derived: true });
  const { ciphertext } = await write('encrypt/derived', { plaintext: b64('x'), context: b64('user 1') });
  assert.equal(text((await write('decrypt/derived', { ciphertext, context: b64('user 1') })).plaintext), 'x');
  await failed(vault.write('transit/decrypt/derived', { ciphertext, context: b64('user 2') }), 400);
  await refused(vault.write('transit/encrypt/derived', { plaintext: b64('x') }), 400, 'context');
});

check('convergent encryption', async () => {
  await vault.transitCreateKey({ name: 'same', derived: true, convergent_encryption: true });
  const first = await write('encrypt/same', { plaintext: b64('x'), context: b64('c') });
  assert.equal((await write('encrypt/same', { plaintext: b64('x'), context: b64('c') })).ciphertext, first.ciphertext);
  assert.notEqual((await write('encrypt/same', { plaintext: b64('x'), context: b64('d') })).ciphertext, first.ciphertext);
  assert.equal(text((await write('decrypt/same', { ciphertext: first.ciphertext, context: b64('c') })).plaintext), 'x');
});

check('a nonce where none is taken', async () => {
  await vault.transitCreateKey({ name: 'nonce' });
  await refused(vault.write('transit/encrypt/nonce', { plaintext: b64('x'), nonce: b64('123456789012') }), 400, 'nonce');
});

check('data keys', async () => {
  await vault.transitCreateKey({ name: 'dk' });
  for (const bits of [128, 256, 512]) {
    const made = await write('datakey/plaintext/dk', { bits });
    assert.equal(Buffer.from(made.plaintext, 'base64').length, bits / 8);
    assert.equal((await write('decrypt/dk', { ciphertext: made.ciphertext })).plaintext, made.plaintext);
  }

  assert.equal((await write('datakey/wrapped/dk', {})).plaintext, undefined);
  await refused(vault.write('transit/datakey/plaintext/dk', { bits: 99 }), 400, 'invalid bit length');
  await failed(vault.write('transit/datakey/naked/dk', {}), 400);
});

check('random', async () => {
  assert.equal(Buffer.from((await write('random', {})).random_bytes, 'base64').length, 32);
  assert.equal(Buffer.from((await write('random/16', {})).random_bytes, 'base64').length, 16);
  assert.equal(Buffer.from((await write('random/platform/24', {})).random_bytes, 'base64').length, 24);
  assert.match((await write('random', { bytes: 8, format: 'hex' })).random_bytes, /^[0-9a-f]{16}$/);
});

check('hash', async () => {
  const expected = { 'sha2-224': 'sha224', 'sha2-256': 'sha256', 'sha2-384': 'sha384', 'sha2-512': 'sha512', 'sha3-256': 'sha3-256', 'sha3-512': 'sha3-512' };
  for (const [algorithm, name] of Object.entries(expected)) {
    assert.equal((await write(`hash/${algorithm}`, { input: b64('hashed') })).sum, crypto.createHash(name).update('hashed').digest('hex'));
  }

  assert.equal((await write('hash', { input: b64('hashed'), format: 'base64' })).sum, crypto.createHash('sha256').update('hashed').digest('base64'));
});

check('hmac', async () => {
  await vault.transitCreateKey({ name: 'hm', exportable: true });
  const { hmac } = await write('hmac/hm', { input: b64('x') });
  const key = Buffer.from((await vault.read('transit/export/hmac-key/hm')).data.keys['1'], 'base64');
  assert.equal(hmac, `vault:v1:${crypto.createHmac('sha256', key).update('x').digest('base64')}`);
  assert.equal((await write('verify/hm', { input: b64('x'), hmac })).valid, true);
  assert.equal((await write('verify/hm', { input: b64('y'), hmac })).valid, false);
  assert.match((await write('hmac/hm/sha2-512', { input: b64('x') })).hmac, /^vault:v1:/);
});

check('an hmac key of its own type', async () => {
  await vault.transitCreateKey({ name: 'hmk', type: 'hmac', key_size: 48 });
  const { hmac } = await write('hmac/hmk', { input: b64('x') });
  assert.equal((await write('verify/hmk', { input: b64('x'), hmac })).valid, true);
  await failed(vault.write('transit/encrypt/hmk', { plaintext: b64('x') }), 400);
});

const signers = {
  ed25519: [{}],
  'ecdsa-p256': [{ hash_algorithm: 'sha2-256' }, { marshaling_algorithm: 'jws' }, { prehashed: true, digest: 'sha256' }],
  'ecdsa-p384': [{ hash_algorithm: 'sha2-384' }],
  'ecdsa-p521': [{ hash_algorithm: 'sha2-512', marshaling_algorithm: 'jws' }],
  'rsa-2048': [{ signature_algorithm: 'pss' }, { signature_algorithm: 'pkcs1v15' }, { signature_algorithm: 'pss', salt_length: 'hash' }, { prehashed: true, digest: 'sha256' }],
};

for (const [type, variants] of Object.entries(signers)) {
  check(`sign and verify with ${type}`, async () => {
    const name = `s-${type}`;
    await vault.transitCreateKey({ name, type });
    for (const { digest, ...options } of variants) {
      const input = digest ? crypto.createHash(digest).update('signed').digest('base64') : b64('signed');
      const { signature } = await write(`sign/${name}`, { input, ...options });
      assert.match(signature, /^vault:v1:/);
      assert.equal((await write(`verify/${name}`, { input, signature, ...options })).valid, true, JSON.stringify(options));
      const other = digest ? crypto.createHash(digest).update('other').digest('base64') : b64('other');
      assert.equal((await write(`verify/${name}`, { input: other, signature, ...options })).valid, false, JSON.stringify(options));
    }
  });
}

check('the algorithm in the path', async () => {
  await vault.transitCreateKey({ name: 'path', type: 'ecdsa-p256' });
  const { signature } = await write('sign/path/sha2-512', { input: b64('x') });
  assert.equal((await write('verify/path/sha2-512', { input: b64('x'), signature })).valid, true);
  assert.equal((await write('verify/path', { input: b64('x'), signature })).valid, false);
});

check('bad input', async () => {
  await vault.transitCreateKey({ name: 'bad' });
  await failed(vault.write('transit/encrypt/bad', { plaintext: '%%%' }), 400);
  await failed(vault.write('transit/decrypt/bad', { ciphertext: 'vault:v1:AAAA' }), 400);
  await failed(vault.write('transit/decrypt/bad', { ciphertext: 'plain' }), 400);
  await refused(vault.write('transit/decrypt/absent', { ciphertext: 'vault:v1:AAAA' }), 400, 'encryption key not found');
  const unknown = await vault.write('transit/encrypt/bad', { plaintext: b64('x'), colour: 'red' });
  assert.ok(unknown.warnings.some((w) => w.includes('colour')), JSON.stringify(unknown.warnings));
});

run();
