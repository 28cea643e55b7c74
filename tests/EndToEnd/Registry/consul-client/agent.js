'use strict';

const { assert, agent, check, eventually, http, registry, run } = require('./harness');

const local = (method, path, body) => http(method, path, body, process.env.AGENT_ADDR);
const inRegistry = (passing = false) => registry.health.service({ service: 'cache', passing });

check('agent.service.register reaches the registry', async () => {
  await agent.agent.service.register({ name: 'cache', id: 'cache-1', port: 6379, tags: ['primary'], check: { ttl: '30s', status: 'critical' } });
  assert.ok((await agent.agent.services())['cache-1']);
  const [seen] = await eventually(async () => { const found = await inRegistry(); return found.length === 1 && found; });
  assert.equal(seen.Service.Port, 6379);
  assert.equal(seen.Node.Datacenter, 'here');
  assert.ok(seen.Checks.some((c) => c.CheckID === 'serfHealth' && c.Status === 'passing'));
});

check('agent.check.pass, warn, fail show in the registry', async () => {
  assert.equal((await inRegistry(true)).length, 0);
  await agent.agent.check.pass('service:cache-1');
  await eventually(async () => (await inRegistry(true)).length === 1);
  await agent.agent.check.fail({ id: 'service:cache-1', note: 'out of memory' });
  await eventually(async () => (await inRegistry(true)).length === 0);
  const [critical] = await eventually(async () => { const c = (await registry.health.checks('cache')); return c[0] && c[0].Output === 'out of memory' && c; });
  assert.equal(critical.Status, 'critical');
  await agent.agent.check.pass('service:cache-1');
});

check('maintenance takes it out and puts it back', async () => {
  await eventually(async () => (await inRegistry(true)).length === 1);
  await agent.agent.service.maintenance({ id: 'cache-1', enable: true, reason: 'upgrade' });
  await eventually(async () => (await inRegistry(true)).length === 0);
  await agent.agent.service.maintenance({ id: 'cache-1', enable: false });
  await eventually(async () => (await inRegistry(true)).length === 1);
});

check('the agent runs a check by itself', async () => {
  await agent.agent.check.register({ name: 'registry-up', id: 'registry-up', http: `${process.env.REGISTRY_ADDR}/healthz`, interval: '1s', timeout: '2s' });
  const { node } = { node: (await agent.agent.self()).Config.NodeName };
  await eventually(async () => (await registry.health.node(node)).some((c) => c.CheckID === 'registry-up' && c.Status === 'passing'));
  assert.ok((await agent.agent.checks())['registry-up']);
  await agent.agent.check.deregister('registry-up');
  await eventually(async () => !(await registry.health.node(node)).some((c) => c.CheckID === 'registry-up'));
});

check('an alias check is as the service it stands for', async () => {
  assert.equal((await local('PUT', '/v1/agent/check/register', { ID: 'like-cache', Name: 'like cache', AliasService: 'cache-1' })).status, 200);
  const node = (await agent.agent.self()).Config.NodeName;
  const is = (status, seconds) =>
    eventually(async () => (await registry.health.node(node)).some((c) => c.CheckID === 'like-cache' && c.Status === status), seconds);
  await is('passing');
  await agent.agent.check.fail('service:cache-1');
  await is('critical');
  await agent.agent.check.pass('service:cache-1');
  // What flaps is believed to be well again only after a while.
  await is('passing', 60);
  await agent.agent.check.deregister('like-cache');
});

check('the agent measures how far other nodes are', async () => {
  const { hostname, port } = new URL(process.env.REGISTRY_ADDR);
  await http('PUT', '/v1/catalog/register', { Node: 'far', Address: hostname, Service: { Service: 'echo', Port: Number(port) } });
  const node = (await agent.agent.self()).Config.NodeName;
  const found = await eventually(async () => (await http('GET', '/v1/coordinate/nodes')).json.find((c) => c.Node === node), 60);
  assert.equal(found.Coord.Vec.length, 8);
  await http('PUT', '/v1/catalog/deregister', { Node: 'far' });
});

check('self and members', async () => {
  assert.equal((await agent.agent.self()).Config.Datacenter, 'here');
  assert.ok((await agent.agent.members()).length >= 1);
});

check('catalog and health are answered on loopback, by the view or with a token by the registry', async () => {
  await eventually(async () => (await local('GET', '/v1/health/service/cache?passing')).json.length === 1);
  assert.ok((await local('GET', '/v1/catalog/services')).json.cache);
  assert.equal((await local('GET', '/v1/kv/app/name')).status, 403);
  const answer = await fetch(process.env.AGENT_ADDR + '/v1/kv/through-the-agent', { method: 'PUT', body: 'v', headers: { 'X-Consul-Token': process.env.CONSUL_TOKEN } });
  assert.equal(await answer.text(), 'true');
  assert.equal((await registry.kv.get('through-the-agent')).Value, 'v');
});

run();
