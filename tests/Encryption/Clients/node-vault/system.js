// Health, mounts, tokens, capabilities and namespaces.
'use strict';

const crypto = require('node:crypto');
const { vault, check, run, as, call, refused, failed, assert } = require('./harness');

check('health', async () => {
  const health = await vault.health();
  assert.equal(health.initialized, true);
  assert.equal(health.sealed, false);
  assert.match(health.version, /^1\.\d+\.\d+$/);
});

check('status, leader and init', async () => {
  assert.equal((await vault.status()).sealed, false);
  assert.equal((await vault.leader()).ha_enabled, false);
  assert.equal((await vault.initialized()).initialized, true);
});

check('mounts', async () => {
  const mounts = await vault.mounts();
  assert.equal(mounts.data['transit/'].type, 'transit');
  assert.equal(mounts['secret/'].options.version, '2');
});

check('mount, tune and unmount', async () => {
  await vault.mount({ mount_point: 'team', type: 'kv', options: { version: '2' }, description: 'of the team' });
  await vault.write('sys/mounts/team/tune', { max_lease_ttl: '1h' });
  assert.equal((await vault.read('sys/mounts/team/tune')).data.max_lease_ttl, 3600);
  await vault.write('team/data/a', { data: { a: 1 } });
  await vault.unmount({ mount_point: 'team' });
  await vault.mount({ mount_point: 'team', type: 'kv-v2' });
  await failed(vault.read('team/data/a'), 404);
  await vault.unmount({ mount_point: 'team' });
  await refused(vault.mount({ mount_point: 'pki', type: 'pki' }), 400, 'not supported');
  await refused(vault.remount({ from: 'secret', to: 'other' }), 400, 'cannot be moved');
});

check('what vault kv asks first', async () => {
  const found = await vault.read('sys/internal/ui/mounts/secret/any/path');
  assert.equal(found.data.path, 'secret/');
  assert.equal(found.data.options.version, '2');
  assert.equal((await vault.read('sys/internal/ui/mounts')).data.secret['transit/'].type, 'transit');
});

check('auth methods', async () => assert.equal((await vault.auths()).data['token/'].type, 'token'));

check('token lookup', async () => {
  const self = (await vault.tokenLookupSelf()).data;
  assert.equal(self.id, process.env.VAULT_TOKEN);
  assert.ok(self.policies.includes('owner'));
  assert.equal((await vault.tokenLookup({ token: self.id })).data.accessor, self.accessor);
  assert.equal((await vault.tokenLookupAccessor({ accessor: self.accessor })).data.id, '');
  assert.ok((await vault.tokenAccessors()).data.keys.includes(self.accessor));
});

check('token create, renew and revoke', async () => {
  const made = await as(process.env.VAULT_TOKEN).tokenCreate({ ttl: '10m', policies: ['developer'], display_name: 'ci' });
  const child = as(made.auth.client_token);
  assert.deepEqual(made.auth.policies, ['default', 'developer']);
  assert.equal((await child.tokenLookupSelf()).data.display_name, 'token-ci');
  assert.equal((await child.tokenRenewSelf({ increment: 300 })).auth.lease_duration, 300);
  // node-vault goes on with the token that it renews, so not with the one of all checks.
  assert.equal((await as(process.env.VAULT_TOKEN).tokenRenew({ token: made.auth.client_token, increment: 200 })).auth.lease_duration, 200);
  await child.tokenRevokeSelf();
  await refused(child.tokenLookupSelf(), 403, 'permission denied');
  const other = await as(process.env.VAULT_TOKEN).tokenCreate({ ttl: '10m' });
  await vault.tokenRevoke({ token: other.auth.client_token });
  await refused(as(other.auth.client_token).tokenLookupSelf(), 403, 'permission denied');
  await refused(vault.tokenRenewSelf(), 400, 'lease is not renewable');
});

check('capabilities', async () => {
  const found = await vault.write('sys/capabilities-self', { paths: ['transit/encrypt/a', 'secret/data/a', 'secret/metadata/a', 'no/such'] });
  assert.ok(found.data['transit/encrypt/a'].includes('update'));
  assert.deepEqual(found.data['secret/data/a'], ['create', 'delete', 'patch', 'read', 'update']);
  assert.ok(found.data['secret/metadata/a'].includes('list'));
  assert.deepEqual(found.data['no/such'], ['deny']);
});

check('namespaces', async () => {
  assert.deepEqual((await vault.list('sys/namespaces')).data.keys, ['default/']);
  await as(process.env.VAULT_TOKEN, 'default').read('sys/mounts');
  await refused(as(process.env.VAULT_TOKEN, 'nowhere').read('sys/mounts'), 404, 'namespace not found');
});

check('list by query', async () => assert.deepEqual((await call('GET', 'sys/namespaces?list=true')).data.keys, ['default/']));

check('tools', async () => {
  assert.equal(Buffer.from((await vault.write('sys/tools/random/16', {})).data.random_bytes, 'base64').length, 16);
  const { sum } = (await vault.write('sys/tools/hash/sha2-256', { input: Buffer.from('x').toString('base64') })).data;
  assert.equal(sum, crypto.createHash('sha256').update('x').digest('hex'));
});

check('no token, bad token, no such path', async () => {
  await refused(call('GET', 'sys/mounts', undefined, {}, as('nonsense')), 403, 'permission denied');
  await refused(vault.read('nothing/here'), 404, 'no handler for route "nothing/here"');
});

run();
