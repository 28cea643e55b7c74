// The KV engine, version 2.
'use strict';

const { vault, check, run, as, call, refused, failed, assert } = require('./harness');

const patch = (path, json) => call('PATCH', path, json, { 'Content-Type': 'application/merge-patch+json' });
const put = async (path, data, options) => (await vault.write(`secret/data/${path}`, { data, options })).data;

// A deleted or destroyed version is a 404 with its metadata.
const gone = async (path) => (await failed(vault.read(path), 404)).data;

check('write and read', async () => {
  const written = await put('app/db', { user: 'a', password: 'p', nested: { deep: [1, { x: null }] } });
  assert.equal(written.version, 1);
  const { data } = await vault.read('secret/data/app/db');
  assert.deepEqual(data.data, { user: 'a', password: 'p', nested: { deep: [1, { x: null }] } });
  assert.equal(data.metadata.version, 1);
  assert.equal(data.metadata.destroyed, false);
  assert.equal(data.metadata.deletion_time, '');
  assert.equal(data.metadata.custom_metadata, null);
});

check('versions', async () => {
  await put('versions', { n: 1 });
  await put('versions', { n: 2 });
  assert.equal((await vault.read('secret/data/versions')).data.data.n, 2);
  assert.equal((await vault.read('secret/data/versions?version=1')).data.data.n, 1);
  const { data } = await vault.read('secret/metadata/versions');
  assert.equal(data.current_version, 2);
  assert.deepEqual(Object.keys(data.versions), ['1', '2']);
});

check('check and set', async () => {
  await put('cas', { n: 1 }, { cas: 0 });
  await refused(put('cas', { n: 2 }, { cas: 0 }), 400, 'check-and-set parameter did not match the current version');
  await put('cas', { n: 2 }, { cas: 1 });
  await vault.write('secret/metadata/cas', { cas_required: true });
  await refused(put('cas', { n: 3 }), 400, 'check-and-set parameter required for this call');
});

check('patch', async () => {
  await put('patch', { keep: 'a', change: 'b', drop: 'c' });
  await patch('secret/data/patch', { data: { change: 'd', drop: null } });
  assert.deepEqual((await vault.read('secret/data/patch')).data.data, { keep: 'a', change: 'd' });
  await vault.update('secret/data/patch', { data: { more: 1 }, options: { cas: 2 } });
  assert.equal((await vault.read('secret/data/patch')).data.metadata.version, 3);
});

check('subkeys', async () => {
  await put('subkeys', { a: { b: { c: 'd' } }, e: 'f' });
  assert.deepEqual((await vault.read('secret/subkeys/subkeys')).data.subkeys, { a: { b: { c: null } }, e: null });
  assert.deepEqual((await vault.read('secret/subkeys/subkeys?depth=1')).data.subkeys, { a: null, e: null });
});

check('delete, undelete and destroy', async () => {
  await put('gone', { n: 1 });
  await put('gone', { n: 2 });
  await vault.delete('secret/data/gone');
  const deleted = await gone('secret/data/gone');
  assert.equal(deleted.data, null);
  assert.notEqual(deleted.metadata.deletion_time, '');
  await vault.write('secret/undelete/gone', { versions: [2] });
  assert.equal((await vault.read('secret/data/gone')).data.data.n, 2);
  await vault.write('secret/delete/gone', { versions: [1] });
  await gone('secret/data/gone?version=1');
  await vault.write('secret/destroy/gone', { versions: [1] });
  await vault.write('secret/undelete/gone', { versions: [1] });
  assert.equal((await gone('secret/data/gone?version=1')).metadata.destroyed, true);
});

check('metadata and custom metadata', async () => {
  await vault.write('secret/metadata/meta', { max_versions: 2, delete_version_after: '30m', custom_metadata: { owner: 'me' } });
  for (const n of [1, 2, 3]) {
    await put('meta', { n });
  }

  const { data } = await vault.read('secret/metadata/meta');
  assert.equal(data.max_versions, 2);
  assert.equal(data.delete_version_after, '30m0s');
  assert.deepEqual(data.custom_metadata, { owner: 'me' });
  assert.equal(data.oldest_version, 2);
  assert.notEqual(data.versions['3'].deletion_time, '');
  await patch('secret/metadata/meta', { custom_metadata: { team: 'ours', owner: null } });
  assert.deepEqual((await vault.read('secret/metadata/meta')).data.custom_metadata, { team: 'ours' });
  assert.deepEqual((await vault.read('secret/data/meta')).data.metadata.custom_metadata, { team: 'ours' });
});

check('list, with folders', async () => {
  await put('tree/a', { x: 1 });
  await put('tree/b/c', { x: 1 });
  assert.deepEqual((await vault.list('secret/metadata/tree')).data.keys, ['a', 'b/']);
  assert.deepEqual((await call('GET', 'secret/metadata/tree/?list=true')).data.keys, ['a', 'b/']);
  await failed(vault.list('secret/metadata/nothing'), 404);
});

check('delete metadata and all versions', async () => {
  await put('whole', { n: 1 });
  await vault.delete('secret/metadata/whole');
  await failed(vault.read('secret/data/whole'), 404);
  await failed(vault.read('secret/metadata/whole'), 404);
});

check('config', async () => {
  await vault.write('secret/config', { max_versions: 7, cas_required: false, delete_version_after: '0s' });
  const { data } = await vault.read('secret/config');
  assert.equal(data.max_versions, 7);
  assert.equal(data.cas_required, false);
});

check('bad requests', async () => {
  await refused(vault.write('secret/data/bad', {}), 400, 'no data provided');
  await refused(vault.write('secret/data/bad', { data: 'text' }), 400, '');
  await failed(vault.read('secret/data/never'), 404);
});

check('the namespace default is the project of no namespace', async () => {
  await put('mine', { n: 1 });
  const elsewhere = as(process.env.VAULT_TOKEN, 'default');
  assert.equal((await elsewhere.read('secret/data/mine')).data.data.n, 1);
});

run();
