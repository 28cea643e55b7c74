// Response wrapping, of our answers and of a client's own data.
'use strict';

const { vault, check, run, as, call, refused, assert, b64, text } = require('./harness');

const invalid = 'wrapping token is not valid or does not exist';
const wrap = (method, path, json, ttl = '5m') => call(method, path, json, { 'X-Vault-Wrap-TTL': ttl });

check('a wrapped secret is opened once', async () => {
  await vault.write('secret/data/wrapped', { data: { password: 'marked' } });
  const { wrap_info: info, data } = await wrap('GET', 'secret/data/wrapped');
  assert.equal(data, null);
  assert.equal(info.ttl, 300);
  assert.equal(info.creation_path, 'secret/data/wrapped');
  assert.equal((await vault.unwrap({ token: info.token })).data.data.password, 'marked');
  await refused(vault.unwrap({ token: info.token }), 400, invalid);
});

check('the wrapping token alone unwraps', async () => {
  const { wrap_info: info } = await wrap('POST', 'sys/wrapping/wrap', { a: 'b' });
  assert.deepEqual((await as(info.token).unwrap()).data, { a: 'b' });
});

check('lookup does not use the token up, rewrap does', async () => {
  const { wrap_info: info } = await wrap('POST', 'sys/wrapping/wrap', { a: 'b' }, '120');
  const lookup = (await vault.write('sys/wrapping/lookup', { token: info.token })).data;
  assert.equal(lookup.creation_ttl, 120);
  assert.equal(lookup.creation_path, 'sys/wrapping/wrap');
  const again = (await vault.write('sys/wrapping/rewrap', { token: info.token })).wrap_info;
  await refused(vault.unwrap({ token: info.token }), 400, invalid);
  assert.deepEqual((await vault.unwrap({ token: again.token })).data, { a: 'b' });
});

check('a wrapped data key', async () => {
  await vault.transitCreateKey({ name: 'wrapped' });
  const { wrap_info: info } = await wrap('POST', 'transit/datakey/plaintext/wrapped', {});
  const { data } = await vault.unwrap({ token: info.token });
  assert.equal((await vault.decryptData({ name: 'wrapped', ciphertext: data.ciphertext })).data.plaintext, data.plaintext);
  assert.equal(Buffer.from(data.plaintext, 'base64').length, 32);
});

check('a wrapped token', async () => {
  const { wrap_info: info } = await wrap('POST', 'auth/token/create', { ttl: '10m' });
  const { auth } = await vault.unwrap({ token: info.token });
  assert.equal(auth.accessor, info.wrapped_accessor);
  await as(auth.client_token).tokenLookupSelf();
});

check('bad durations and tokens', async () => {
  await refused(wrap('POST', 'sys/wrapping/wrap', { a: 1 }, 'soon'), 400, 'wrapping TTL');
  await refused(vault.write('sys/wrapping/wrap', { a: 1 }), 400, 'requires response wrapping');
  await refused(vault.unwrap({ token: 'hvs.none' }), 400, invalid);
  assert.equal(text(b64('x')), 'x');
});

run();
