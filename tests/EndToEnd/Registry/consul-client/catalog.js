'use strict';

const { assert, check, http, registry, run } = require('./harness');

const register = (node, id, port, status, tags = []) =>
  http('PUT', '/v1/catalog/register', {
    Node: node,
    Address: '10.1.0.1',
    NodeMeta: { rack: node === 'c1' ? 'a' : 'b' },
    Service: { ID: id, Service: 'shop', Port: port, Tags: tags, Meta: { version: id } },
    Check: { CheckID: `check-${id}`, Name: 'up', Status: status, ServiceID: id },
  });

check('services are registered from outside', async () => {
  assert.equal((await register('c1', 'shop-1', 8001, 'passing', ['blue'])).text, 'true');
  assert.equal((await register('c2', 'shop-2', 8002, 'critical', ['green'])).text, 'true');
  assert.equal((await register('c2', 'shop-3', 8003, 'warning', ['blue', 'eu'])).text, 'true');
});

check('catalog.node.list, with node metadata and a filter', async () => {
  const names = (await registry.catalog.node.list()).map((n) => n.Node);
  assert.ok(names.includes('c1') && names.includes('c2'), names);
  const racked = await http('GET', '/v1/catalog/nodes?node-meta=rack:a');
  assert.deepEqual(racked.json.map((n) => n.Node), ['c1']);
  const filtered = await http('GET', '/v1/catalog/nodes?filter=' + encodeURIComponent('Meta.rack == b and Address matches "^10[.]1"'));
  assert.deepEqual(filtered.json.map((n) => n.Node), ['c2']);
});

check('catalog.service.list has the tags of all instances', async () => {
  const services = await registry.catalog.service.list();
  assert.deepEqual([...services.shop].sort(), ['blue', 'eu', 'green']);
});

check('catalog.service.nodes, by tag', async () => {
  const all = await registry.catalog.service.nodes('shop');
  assert.deepEqual(all.map((s) => s.ServiceID), ['shop-1', 'shop-2', 'shop-3']);
  assert.equal(all[0].ServicePort, 8001);
  assert.equal(all[0].Datacenter, 'here');
  const tagged = await http('GET', '/v1/catalog/service/shop?tag=blue&tag=eu');
  assert.deepEqual(tagged.json.map((s) => s.ServiceID), ['shop-3']);
});

check('catalog.node.services', async () => {
  const node = await registry.catalog.node.services('c2');
  assert.deepEqual(Object.keys(node.Services).sort(), ['shop-2', 'shop-3']);
  const list = await http('GET', '/v1/catalog/node-services/c2');
  assert.equal(list.json.Services.length, 2);
});

check('catalog.datacenters: a site is a datacenter', async () => {
  assert.deepEqual(await registry.catalog.datacenters(), ['here']);
  assert.equal((await http('GET', '/v1/catalog/nodes?dc=nowhere')).status, 500);
});

check('gateway services are answered empty', async () => {
  assert.deepEqual((await http('GET', '/v1/catalog/gateway-services/gw')).json, []);
});

check('health.service, passing, by filter', async () => {
  const passing = await registry.health.service({ service: 'shop', passing: true });
  assert.deepEqual(passing.map((s) => s.Service.ID), ['shop-1']);
  const filtered = await http('GET', '/v1/health/service/shop?filter=' + encodeURIComponent('Service.Meta.version == "shop-2" or "eu" in Service.Tags'));
  assert.deepEqual(filtered.json.map((s) => s.Service.ID), ['shop-2', 'shop-3']);
});

check('health.checks, health.node, health.state', async () => {
  assert.equal((await registry.health.checks('shop')).length, 3);
  assert.deepEqual((await registry.health.node('c1')).map((c) => c.CheckID), ['check-shop-1']);
  // What other scripts have registered by their agent may be critical, too: its time to live runs out.
  const critical = (await registry.health.state('critical')).map((c) => c.CheckID);
  assert.deepEqual(critical.filter((id) => id.startsWith('check-shop')), ['check-shop-2']);
});

check('a blocking query returns when its service changes', async () => {
  const { index } = await http('GET', '/v1/health/service/shop');
  const began = Date.now();
  const waiting = http('GET', `/v1/health/service/shop?passing&index=${index}&wait=60s`);
  await new Promise((resolve) => setTimeout(resolve, 200));
  await register('c2', 'shop-2', 8002, 'passing', ['green']);
  const answer = await waiting;
  assert.ok(answer.index > index && Date.now() - began < 5000, `${answer.index} after ${Date.now() - began} ms`);
  assert.deepEqual(answer.json.map((s) => s.Service.ID), ['shop-1', 'shop-2']);
  assert.equal(answer.headers.get('x-consul-knownleader'), 'true');
  assert.equal(answer.headers.get('x-consul-lastcontact'), '0');
});

check('a blocking query ends with its wait, with the same index', async () => {
  const { index } = await http('GET', '/v1/health/service/shop');
  const answer = await http('GET', `/v1/health/service/shop?index=${index}&wait=300ms`);
  assert.equal(answer.index, index);
});

check('watch', async () => {
  const watch = registry.watch({ method: registry.health.service, options: { service: 'shop', passing: true }, backoffFactor: 100 });
  try {
    const seen = [];
    const third = new Promise((resolve, reject) => {
      watch.on('error', reject);
      watch.on('change', (data) => {
        seen.push(data.length);
        if (data.length === 3) resolve();
      });
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await register('c2', 'shop-3', 8003, 'passing', ['blue', 'eu']);
    await third;
    assert.deepEqual(seen.slice(-1), [3]);
  } finally {
    watch.end();
  }
});

check('what is wrong is said as Consul says it', async () => {
  const broken = await http('GET', '/v1/health/service/shop?filter=' + encodeURIComponent('Service.Nope == 1'));
  assert.equal(broken.status, 500);
  assert.match(broken.text, /Service\.Nope|Nope/);
  assert.equal((await http('PUT', '/v1/catalog/register', { Address: '10.0.0.1' })).status, 500);
  assert.equal((await http('GET', '/v1/health/service/shop?index=x')).status, 400);
});

check('a stranger is refused with 403', async () => {
  const anonymous = await fetch(process.env.REGISTRY_ADDR + '/v1/catalog/nodes');
  assert.equal(anonymous.status, 403);
  const wrong = await fetch(process.env.REGISTRY_ADDR + '/v1/catalog/nodes', { headers: { 'X-Consul-Token': 'c2VjcmV0' } });
  assert.equal(wrong.status, 403);
  assert.match(await wrong.text(), /ACL not found/);
});

check('deregister a check, a service, a node', async () => {
  assert.equal((await http('PUT', '/v1/catalog/deregister', { Node: 'c1', CheckID: 'check-shop-1' })).text, 'true');
  assert.equal((await registry.health.node('c1')).length, 0);
  await http('PUT', '/v1/catalog/deregister', { Node: 'c2', ServiceID: 'shop-3' });
  await http('PUT', '/v1/catalog/deregister', { Node: 'c2' });
  assert.deepEqual((await registry.catalog.service.nodes('shop')).map((s) => s.ServiceID), ['shop-1']);
  await http('PUT', '/v1/catalog/deregister', { Node: 'c1' });
  assert.deepEqual(await registry.catalog.service.nodes('shop'), []);
});

check('agent.self and status, as scrapers ask for them', async () => {
  assert.equal((await registry.agent.self()).Config.Datacenter, 'here');
  assert.match(await registry.status.leader(), /^[\d.]+:\d+$/);
  assert.equal((await registry.status.peers()).length, 1);
});

run();
