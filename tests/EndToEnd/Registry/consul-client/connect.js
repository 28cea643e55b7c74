'use strict';

const { assert, check, http, refused, registry, run } = require('./harness');

const instance = (node, id, status, tags = []) =>
  http('PUT', '/v1/catalog/register', {
    Node: node,
    Address: '10.2.0.1',
    Service: { ID: id, Service: 'api', Port: 80, Tags: tags },
    Check: { CheckID: `c-${id}`, Name: 'up', Status: status, ServiceID: id },
  });

// The client puts its token into the query it makes instead of sending it, so those that change one go without it.
const createQuery = async (query) => (await http('POST', '/v1/query', query)).json.ID;

check('query.create, list, get, execute, explain, update, destroy', async () => {
  await instance('q1', 'api-1', 'passing', ['v1']);
  await instance('q2', 'api-2', 'critical', ['v1']);
  const ID = await createQuery({ Name: 'api-query', Service: { Service: 'api', OnlyPassing: true, Tags: ['v1'] }, DNS: { TTL: '10s' } });
  assert.ok((await registry.query.list()).some((q) => q.ID === ID));
  assert.equal((await registry.query.get(ID)).Name, 'api-query');
  const found = await registry.query.execute('api-query');
  assert.deepEqual(found.Nodes.map((n) => n.Service.ID), ['api-1']);
  assert.equal(found.Datacenter, 'here');
  assert.equal(found.DNS.TTL, '10s');
  assert.equal((await http('PUT', `/v1/query/${ID}`, { Name: 'api-query', Service: { Service: 'api', Tags: ['v2'] } })).status, 200);
  assert.equal((await registry.query.execute(ID)).Nodes.length, 0);
  await registry.query.destroy(ID);
  await refused(registry.query.execute('api-query'), 404, 'not found');
});

check('a template answers for every name with its prefix', async () => {
  const ID = await createQuery({ Name: 'find-', Template: { Type: 'name_prefix_match', Regexp: '^find-(.*)$' }, Service: { Service: '${match(1)}', OnlyPassing: true } });
  assert.deepEqual((await registry.query.execute('find-api')).Nodes.map((n) => n.Service.ID), ['api-1']);
  assert.equal((await http('GET', '/v1/query/find-api/explain')).json.Query.Service.Service, 'api');
  await registry.query.destroy(ID);
});

check('event.fire and list', async () => {
  const fired = await registry.event.fire('deploy', 'now');
  assert.equal(fired.Name, 'deploy');
  const events = await registry.event.list('deploy');
  assert.equal(events.at(-1).ID, fired.ID);
  assert.equal(events.at(-1).Payload, 'now');
});

check('intentions: exact wins over wildcard', async () => {
  const put = (source, destination, action) =>
    http('PUT', `/v1/connect/intentions/exact?source=${encodeURIComponent(source)}&destination=${destination}`, { SourceType: 'consul', Action: action });
  assert.equal((await put('*', 'db', 'deny')).status, 200);
  assert.equal((await put('web', 'db', 'allow')).status, 200);
  const allowed = async (source) => (await http('GET', `/v1/connect/intentions/check?source=${source}&destination=db`)).json.Allowed;
  assert.equal(await allowed('web'), true);
  assert.equal(await allowed('batch'), false);
  const matched = await http('GET', '/v1/connect/intentions/match?by=destination&name=db');
  assert.deepEqual(matched.json.db.map((i) => [i.SourceName, i.Precedence]), [['web', 9], ['*', 8]]);
  assert.equal((await http('DELETE', '/v1/connect/intentions/exact?source=web&destination=db')).status, 200);
  assert.equal(await allowed('web'), false);
});

check('coordinates', async () => {
  assert.equal((await http('GET', '/v1/coordinate/nodes')).status, 200);
  assert.ok(Array.isArray((await http('GET', '/v1/coordinate/datacenters')).json));
});

check('the feed tells of what changed since an index', async () => {
  const first = await http('GET', '/v1/registry/feed?service=api');
  assert.equal(first.json.Full, true);
  assert.equal(first.json.Services.api.length, 2);
  const waiting = http('GET', `/v1/registry/feed?service=api&passing&index=${first.json.Index}&wait=30s`);
  await new Promise((resolve) => setTimeout(resolve, 200));
  await http('PUT', '/v1/catalog/deregister', { Node: 'q2' });
  const next = (await waiting).json;
  assert.equal(next.Full, false);
  assert.deepEqual(next.Services.api.map((s) => s.Service.ID), ['api-1']);
  await http('PUT', '/v1/catalog/deregister', { Node: 'q1' });
  const last = await http('GET', `/v1/registry/feed?service=api&index=${next.Index}&wait=30s`);
  assert.deepEqual(last.json.Removed, ['api']);
});

run();
