// What the API encrypts and signs, Node's own cryptography decrypts and verifies with the exported key, and the other way round.
'use strict';

const crypto = require('node:crypto');
const { vault, check, run, assert, b64, text } = require('./harness');

const nonceBytes = 12;
const tagBytes = 16;

const exported = async (kind, name) => (await vault.read(`transit/export/${kind}/${name}`)).data.keys['1'];
const body = (marked) => Buffer.from(marked.split(':')[2], 'base64');
const mark = (bytes) => `vault:v1:${bytes.toString('base64')}`;

function open(algorithm, key, ciphertext, aad) {
  const bytes = body(ciphertext);
  const cipher = crypto.createDecipheriv(algorithm, key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
  cipher.setAuthTag(bytes.subarray(bytes.length - tagBytes));
  if (aad) {
    cipher.setAAD(Buffer.from(aad));
  }

  return Buffer.concat([cipher.update(bytes.subarray(nonceBytes, bytes.length - tagBytes)), cipher.final()]).toString();
}

function seal(algorithm, key, plaintext, aad) {
  const nonce = crypto.randomBytes(nonceBytes);
  const cipher = crypto.createCipheriv(algorithm, key, nonce, { authTagLength: tagBytes });
  if (aad) {
    cipher.setAAD(Buffer.from(aad));
  }

  const sealed = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return mark(Buffer.concat([nonce, sealed, cipher.getAuthTag()]));
}

for (const [type, algorithm] of Object.entries({ 'aes128-gcm96': 'aes-128-gcm', 'aes256-gcm96': 'aes-256-gcm', 'chacha20-poly1305': 'chacha20-poly1305' })) {
  check(`${type} both ways`, async () => {
    const name = `i-${type}`;
    await vault.transitCreateKey({ name, type, exportable: true });
    const key = Buffer.from(await exported('encryption-key', name), 'base64');
    const { ciphertext } = (await vault.write(`transit/encrypt/${name}`, { plaintext: b64('theirs'), associated_data: b64('bound') })).data;
    assert.equal(open(algorithm, key, ciphertext, 'bound'), 'theirs');
    const ours = seal(algorithm, key, 'ours', 'bound');
    assert.equal(text((await vault.write(`transit/decrypt/${name}`, { ciphertext: ours, associated_data: b64('bound') })).data.plaintext), 'ours');
  });
}

check('rsa-2048 encryption both ways', async () => {
  await vault.transitCreateKey({ name: 'i-rsa', type: 'rsa-2048', exportable: true });
  const oaep = { padding: crypto.constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
  const privateKey = crypto.createPrivateKey(await exported('encryption-key', 'i-rsa'));
  const { ciphertext } = (await vault.encryptData({ name: 'i-rsa', plaintext: b64('theirs') })).data;
  assert.equal(crypto.privateDecrypt({ key: privateKey, ...oaep }, body(ciphertext)).toString(), 'theirs');
  const ours = mark(crypto.publicEncrypt({ key: crypto.createPublicKey(privateKey), ...oaep }, Buffer.from('ours')));
  assert.equal(text((await vault.decryptData({ name: 'i-rsa', ciphertext: ours })).data.plaintext), 'ours');
});

async function signatures(name, digest, keyOf, options = {}, params = {}) {
  const privateKey = keyOf(await exported('signing-key', name));
  const publicKey = crypto.createPublicKey(privateKey);
  const { signature } = (await vault.write(`transit/sign/${name}`, { input: b64('signed'), ...params })).data;
  assert.ok(crypto.verify(digest, Buffer.from('signed'), { key: publicKey, ...options }, body(signature)), 'theirs');
  const ours = mark(crypto.sign(digest, Buffer.from('signed'), { key: privateKey, ...options }));
  assert.equal((await vault.write(`transit/verify/${name}`, { input: b64('signed'), signature: ours, ...params })).data.valid, true);
}

for (const [type, [digest, algorithm]] of Object.entries({ 'ecdsa-p256': ['sha256', 'sha2-256'], 'ecdsa-p384': ['sha384', 'sha2-384'], 'ecdsa-p521': ['sha512', 'sha2-512'] })) {
  check(`${type} signatures both ways`, async () => {
    await vault.transitCreateKey({ name: `i-${type}`, type, exportable: true });
    await signatures(`i-${type}`, digest, crypto.createPrivateKey, {}, { hash_algorithm: algorithm });
  });
}

check('rsa signatures both ways, pss and pkcs1v15', async () => {
  const { RSA_PKCS1_PSS_PADDING, RSA_PKCS1_PADDING } = crypto.constants;
  await signatures('i-rsa', 'sha256', crypto.createPrivateKey, { padding: RSA_PKCS1_PSS_PADDING }, { signature_algorithm: 'pss' });
  await signatures('i-rsa', 'sha512', crypto.createPrivateKey, { padding: RSA_PKCS1_PADDING }, { signature_algorithm: 'pkcs1v15', hash_algorithm: 'sha2-512' });
});

// Vault exports an Ed25519 key as its 64 raw bytes: the seed and the public key.
const ed25519 = (base64) => crypto.createPrivateKey({
  key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), Buffer.from(base64, 'base64').subarray(0, 32)]),
  format: 'der',
  type: 'pkcs8',
});

check('ed25519 signatures both ways', async () => {
  await vault.transitCreateKey({ name: 'i-ed', type: 'ed25519', exportable: true });
  await signatures('i-ed', null, ed25519);
  const published = (await vault.transitReadKey({ name: 'i-ed' })).data.keys['1'].public_key;
  assert.equal(published, Buffer.from(await exported('signing-key', 'i-ed'), 'base64').subarray(32).toString('base64'));
});

run();
