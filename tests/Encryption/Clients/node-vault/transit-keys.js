// Keys of the transit engine: their life, export, backup and import.
'use strict';

const crypto = require('node:crypto');
const { vault, check, run, refused, failed, assert, b64, text } = require('./harness');

const types = [
  'aes128-gcm96', 'aes256-gcm96', 'chacha20-poly1305', 'ed25519', 'ecdsa-p256', 'ecdsa-p384', 'ecdsa-p521', 'rsa-2048', 'rsa-3072', 'rsa-4096',
];

for (const type of types) {
  check(`create and read ${type}`, async () => {
    await vault.transitCreateKey({ name: `a-${type}`, type });
    const { data } = await vault.transitReadKey({ name: `a-${type}` });
    assert.equal(data.name, `a-${type}`);
    assert.equal(data.type, type);
    assert.equal(data.latest_version, 1);
    assert.equal(data.min_decryption_version, 1);
    assert.equal(data.min_encryption_version, 0);
    assert.equal(data.deletion_allowed, false);
    assert.equal(data.exportable, false);
    assert.deepEqual(Object.keys(data.keys), ['1']);
    assert.equal(data.supports_encryption, /aes|chacha|rsa/.test(type));
    assert.equal(data.supports_signing, /rsa|ec|ed/.test(type));
    if (/rsa|ecdsa/.test(type)) {
      crypto.createPublicKey(data.keys['1'].public_key);
    }
  });
}

check('the default type, hmac keys, and those there are not', async () => {
  await vault.transitCreateKey({ name: 'plain' });
  assert.equal((await vault.transitReadKey({ name: 'plain' })).data.type, 'aes256-gcm96');
  await vault.transitCreateKey({ name: 'mac', type: 'hmac', key_size: 64 });
  assert.equal((await vault.transitReadKey({ name: 'mac' })).data.type, 'hmac');
  for (const type of ['managed_key', 'ml-dsa', 'slh-dsa', 'rot13']) {
    await failed(vault.transitCreateKey({ name: `no-${type}`, type }), 400);
  }
});

check('list', async () => {
  const { keys } = (await vault.transitListKeys()).data;
  assert.ok(keys.includes('plain') && keys.includes('a-rsa-2048'));
});

check('rotate, configure, trim', async () => {
  await vault.transitCreateKey({ name: 'life' });
  const { ciphertext } = (await vault.encryptData({ name: 'life', plaintext: b64('old') })).data;
  await vault.write('transit/keys/life/rotate', {});
  await vault.write('transit/keys/life/rotate', {});
  assert.match((await vault.encryptData({ name: 'life', plaintext: b64('x') })).data.ciphertext, /^vault:v3:/);
  assert.equal(text((await vault.decryptData({ name: 'life', ciphertext })).data.plaintext), 'old');
  await vault.write('transit/keys/life/config', { min_decryption_version: 2, min_encryption_version: 2 });
  await refused(vault.decryptData({ name: 'life', ciphertext }), 400, 'ciphertext or signature version is disallowed by policy (too old)');
  await refused(vault.write('transit/keys/life/config', { min_decryption_version: 9 }), 400, '');
  await vault.write('transit/keys/life/trim', { min_available_version: 2 });
  const { data } = await vault.transitReadKey({ name: 'life' });
  assert.equal(data.min_available_version, 2);
  assert.deepEqual(Object.keys(data.keys), ['2', '3']);
});

check('auto rotation is kept', async () => {
  await vault.transitCreateKey({ name: 'auto', auto_rotate_period: '24h' });
  assert.equal((await vault.transitReadKey({ name: 'auto' })).data.auto_rotate_period, 86400);
  await vault.write('transit/keys/auto/config', { auto_rotate_period: 0 });
  assert.equal((await vault.transitReadKey({ name: 'auto' })).data.auto_rotate_period, 0);
  await refused(vault.write('transit/keys/auto/config', { auto_rotate_period: '10s' }), 400, 'auto rotate period');
});

check('delete only where allowed', async () => {
  await vault.transitCreateKey({ name: 'doomed' });
  await refused(vault.transitDeleteKey({ name: 'doomed' }), 400, 'deletion is not allowed for this key');
  await vault.write('transit/keys/doomed/config', { deletion_allowed: true });
  await vault.transitDeleteKey({ name: 'doomed' });
  await failed(vault.transitReadKey({ name: 'doomed' }), 404);
});

check('export', async () => {
  await vault.transitCreateKey({ name: 'open', exportable: true });
  await vault.write('transit/keys/open/rotate', {});
  const all = (await vault.read('transit/export/encryption-key/open')).data;
  assert.deepEqual(Object.keys(all.keys), ['1', '2']);
  assert.equal(Buffer.from(all.keys['1'], 'base64').length, 32);
  const latest = (await vault.read('transit/export/encryption-key/open/latest')).data;
  assert.deepEqual(latest.keys, { 2: all.keys['2'] });
  assert.equal(Buffer.from((await vault.read('transit/export/hmac-key/open/1')).data.keys['1'], 'base64').length, 32);
  await vault.transitCreateKey({ name: 'closed' });
  await refused(vault.read('transit/export/encryption-key/closed'), 400, 'not exportable');
});

check('backup and restore', async () => {
  await vault.transitCreateKey({ name: 'kept', exportable: true, allow_plaintext_backup: true });
  const { ciphertext } = (await vault.encryptData({ name: 'kept', plaintext: b64('kept') })).data;
  const { backup } = (await vault.read('transit/backup/kept')).data;
  await vault.write('transit/keys/kept/config', { deletion_allowed: true });
  await vault.transitDeleteKey({ name: 'kept' });
  await vault.write('transit/restore/kept', { backup });
  assert.equal(text((await vault.decryptData({ name: 'kept', ciphertext })).data.plaintext), 'kept');
  await failed(vault.write('transit/restore/kept', { backup }), 400);
  await vault.write('transit/restore/kept', { backup, force: true });
  await vault.transitCreateKey({ name: 'unkept' });
  await failed(vault.read('transit/backup/unkept'), 400);
});

// A key as its owner sends it: under an AES key of the moment, and that under the wrapping key of the mount.
async function wrapped(key, hash = 'sha256') {
  const { public_key: publicKey } = (await vault.read('transit/wrapping_key')).data;
  const moment = crypto.randomBytes(32);
  const kwp = crypto.createCipheriv('id-aes256-wrap-pad', moment, Buffer.from('a65959a6', 'hex'));
  const target = Buffer.concat([kwp.update(key), kwp.final()]);
  const sealed = crypto.publicEncrypt({ key: publicKey, padding: crypto.constants.RSA_PKCS1_OAEP_PADDING, oaepHash: hash }, moment);
  return Buffer.concat([sealed, target]).toString('base64');
}

check('import an AES key and its next version', async () => {
  const [first, second] = [crypto.randomBytes(32), crypto.randomBytes(32)];
  await vault.write('transit/keys/own/import', { type: 'aes256-gcm96', ciphertext: await wrapped(first), hash_function: 'SHA256', exportable: true });
  await vault.write('transit/keys/own/import_version', { ciphertext: await wrapped(second, 'sha1'), hash_function: 'SHA1' });
  const { keys } = (await vault.read('transit/export/encryption-key/own')).data;
  assert.deepEqual(keys, { 1: first.toString('base64'), 2: second.toString('base64') });
  assert.equal((await vault.transitReadKey({ name: 'own' })).data.imported_key, true);
  await failed(vault.write('transit/keys/own/rotate', {}), 400);
});

check('import key pairs', async () => {
  const pairs = {
    ed25519: crypto.generateKeyPairSync('ed25519'),
    'ecdsa-p256': crypto.generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    'rsa-2048': crypto.generateKeyPairSync('rsa', { modulusLength: 2048 }),
  };
  for (const [type, { privateKey, publicKey }] of Object.entries(pairs)) {
    const name = `own-${type}`;
    const ciphertext = await wrapped(privateKey.export({ format: 'der', type: 'pkcs8' }));
    await vault.write(`transit/keys/${name}/import`, { type, ciphertext });
    const { signature } = (await vault.write(`transit/sign/${name}`, { input: b64('signed'), signature_algorithm: 'pkcs1v15' })).data;
    const raw = Buffer.from(signature.split(':')[2], 'base64');
    assert.ok(crypto.verify(type === 'ed25519' ? null : 'sha256', Buffer.from('signed'), publicKey, raw), type);
  }
});

check('import of what is no key is refused', async () => {
  await failed(vault.write('transit/keys/bad/import', { type: 'aes256-gcm96', ciphertext: b64('nonsense') }), 400);
  await failed(vault.write('transit/keys/bad/import', { type: 'aes256-gcm96', ciphertext: await wrapped(crypto.randomBytes(16)) }), 400);
});

run();
