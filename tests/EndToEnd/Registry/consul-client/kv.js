'use strict';

const { assert, check, eventually, http, refused, registry, run } = require('./harness');

// The client gives undefined for false.
const put = async (options) => (await registry.kv.set(options)) === true;

check('kv.set, get, flags', async () => {
  assert.equal(await registry.kv.set({ key: 'app/name', value: 'shop', flags: 42 }), true);
  const found = await registry.kv.get('app/name');
  assert.equal(found.Value, 'shop');
  assert.equal(found.Flags, 42);
  assert.equal(found.CreateIndex, found.ModifyIndex);
  assert.equal(String(await registry.kv.get({ key: 'app/name', raw: true })), 'shop');
  assert.equal((await http('GET', '/v1/kv/app/none')).status, 404);
});

check('kv.keys, separator, recurse', async () => {
  for (const key of ['app/db/host', 'app/db/port', 'app/web/port', 'other']) await registry.kv.set(key, 'v');
  assert.deepEqual(await registry.kv.keys('app/'), ['app/db/host', 'app/db/port', 'app/name', 'app/web/port']);
  assert.deepEqual(await registry.kv.keys({ key: 'app/', separator: '/' }), ['app/db/', 'app/name', 'app/web/']);
  assert.deepEqual((await registry.kv.get({ key: 'app/db', recurse: true })).map((e) => e.Key), ['app/db/host', 'app/db/port']);
});

check('kv cas: once', async () => {
  assert.equal(await put({ key: 'cas', value: 'a', cas: '0' }), true);
  assert.equal(await put({ key: 'cas', value: 'b', cas: '0' }), false);
  const { ModifyIndex } = await registry.kv.get('cas');
  const results = await Promise.all([...Array(10)].map((_, i) => put({ key: 'cas', value: `v${i}`, cas: String(ModifyIndex) })));
  assert.equal(results.filter(Boolean).length, 1);
});

check('kv.del, recurse, cas', async () => {
  await registry.kv.del('other');
  assert.equal((await http('GET', '/v1/kv/other')).status, 404);
  const { ModifyIndex } = await registry.kv.get('cas');
  assert.equal((await http('DELETE', `/v1/kv/cas?cas=${ModifyIndex - 1}`)).text, 'false');
  assert.equal((await http('DELETE', `/v1/kv/cas?cas=${ModifyIndex}`)).text, 'true');
  await registry.kv.del({ key: 'app/db', recurse: true });
  assert.deepEqual(await registry.kv.keys('app/'), ['app/name', 'app/web/port']);
});

check('values up to 512 KiB, and no larger', async () => {
  const value = 'x'.repeat(512 * 1024);
  assert.equal((await http('PUT', '/v1/kv/large', value)).text, 'true');
  assert.equal((await http('GET', '/v1/kv/large?raw')).text.length, value.length);
  assert.equal((await http('PUT', '/v1/kv/large', value + 'x')).status, 413);
  await registry.kv.del('large');
});

check('keys with slashes, spaces and letters beyond ASCII', async () => {
  for (const key of ['a b/ü', 'x//y', 'end/']) {
    await registry.kv.set(key, key);
    assert.equal((await registry.kv.get(key)).Value, key);
  }
});

check('a watcher of a prefix is woken, one of another key is not', async () => {
  const { index } = await http('GET', '/v1/kv/app/?recurse');
  const other = await http('GET', '/v1/kv/app/name');
  const prefix = http('GET', `/v1/kv/app/?recurse&index=${index}&wait=30s`);
  const asleep = http('GET', `/v1/kv/app/name?index=${other.index}&wait=1s`);
  await new Promise((resolve) => setTimeout(resolve, 200));
  await registry.kv.set('app/new', 'v');
  assert.ok((await prefix).index > index);
  assert.equal((await asleep).index, other.index);
});

check('session.create, info, node, list, renew, destroy', async () => {
  const { ID } = await registry.session.create({ name: 'worker', ttl: '30s', behavior: 'delete', lockdelay: '0s' });
  const info = await registry.session.info(ID);
  const session = Array.isArray(info) ? info[0] : info;
  assert.equal(session.Name, 'worker');
  assert.equal(session.TTL, '30s');
  assert.ok((await registry.session.node(session.Node)).some((s) => s.ID === ID));
  assert.ok((await registry.session.list()).some((s) => s.ID === ID));
  assert.equal((await registry.session.renew(ID))[0].ID, ID);
  await registry.session.destroy(ID);
  assert.ok(!(await registry.session.list()).some((s) => s.ID === ID));
  await refused(registry.session.renew(ID), 404, 'not found');
});

check('a lock has one holder, and passes on when its session ends', async () => {
  const [a, b] = [await registry.session.create({ lockdelay: '0s' }), await registry.session.create({ lockdelay: '0s' })];
  assert.equal(await put({ key: 'lock', value: 'a', acquire: a.ID }), true);
  assert.equal(await put({ key: 'lock', value: 'b', acquire: b.ID }), false);
  assert.equal((await registry.kv.get('lock')).Session, a.ID);
  const waiting = http('GET', `/v1/kv/lock?index=${(await http('GET', '/v1/kv/lock')).index}&wait=30s`);
  await registry.session.destroy(a.ID);
  assert.equal((await waiting).json[0].Session, undefined);
  assert.equal(await eventually(() => put({ key: 'lock', value: 'b', acquire: b.ID })), true);
  assert.equal(await put({ key: 'lock', value: 'b', release: b.ID }), true);
  assert.equal((await registry.kv.get('lock')).LockIndex, 2);
});

check('lock-delay holds a lock back', async () => {
  const [a, b] = [await registry.session.create({ lockdelay: '2s' }), await registry.session.create()];
  await put({ key: 'delayed', value: 'a', acquire: a.ID });
  await registry.session.destroy(a.ID);
  assert.equal(await put({ key: 'delayed', value: 'b', acquire: b.ID }), false);
  const began = Date.now();
  await eventually(() => put({ key: 'delayed', value: 'b', acquire: b.ID }));
  assert.ok(Date.now() - began > 1000);
});

check('a session that is not renewed ends, and its lock is free; one that is renewed lives', async () => {
  const [silent, renewed] = [await registry.session.create({ ttl: '10s', lockdelay: '0s' }), await registry.session.create({ ttl: '10s', lockdelay: '0s' })];
  await put({ key: 'ttl/silent', value: 'x', acquire: silent.ID });
  await put({ key: 'ttl/renewed', value: 'x', acquire: renewed.ID });
  const freed = http('GET', `/v1/kv/ttl/silent?index=${(await http('GET', '/v1/kv/ttl/silent')).index}&wait=60s`);
  const renewing = setInterval(() => registry.session.renew(renewed.ID).catch(() => clearInterval(renewing)), 4000);
  const began = Date.now();
  assert.equal((await freed).json[0].Session, undefined);
  clearInterval(renewing);
  assert.ok(Date.now() - began > 9000, 'never before its TTL');
  assert.equal((await registry.kv.get('ttl/renewed')).Session, renewed.ID);
  await registry.session.destroy(renewed.ID);
});

check('what is wrong with a session or lock is said', async () => {
  await refused(registry.kv.set({ key: 'lock', value: 'x', acquire: '00000000-0000-0000-0000-000000000000' }), 500, 'nvalid session');
  await refused(registry.session.create({ ttl: '1s' }), 500, 'Invalid Session TTL');
});

check('transaction.create: all or nothing', async () => {
  const value = Buffer.from('1').toString('base64');
  const done = await registry.transaction.create([
    { KV: { Verb: 'set', Key: 'txn/a', Value: value } },
    { KV: { Verb: 'cas', Key: 'txn/b', Value: value, Index: 0 } },
    { KV: { Verb: 'get', Key: 'txn/a' } },
  ]);
  assert.equal(done.Results.length, 3);
  await refused(
    registry.transaction.create([
      { KV: { Verb: 'delete', Key: 'txn/a' } },
      { KV: { Verb: 'cas', Key: 'txn/b', Value: value, Index: 1 } },
    ]),
    409,
    'OpIndex',
  );
  assert.equal((await registry.kv.get('txn/a')).Value, '1');
});

run();
