// Consul's client from npm against the agent's own API. Prints a line of JSON a check.
const Consul = require('consul');

const address = new URL(process.env.AGENT_ADDR);
const consul = new Consul({ host: address.hostname, port: address.port });

async function check(name, body) {
  try {
    await body();
    console.log(JSON.stringify({ name, ok: true }));
  } catch (e) {
    console.log(JSON.stringify({ name, ok: false, error: String(e.message || e) }));
  }
}

function equal(actual, expected) {
  if (actual !== expected) throw new Error(`expected ${expected}, was ${actual}`);
}

async function refused(status, promise) {
  try {
    await promise;
  } catch (e) {
    if (e.response && e.response.statusCode === status) return;
    throw e;
  }
  throw new Error(`expected status ${status}`);
}

(async () => {
  await check('self', async () => equal((await consul.agent.self()).Config.NodeName, 'edge-1'));
  await check('register a service', () => consul.agent.service.register({
    id: 'web/1', name: 'web', port: 80, tags: ['a', 'b'], check: { ttl: '10m', notes: 'n' },
  }));
  await check('list services', async () => equal((await consul.agent.service.list())['web/1'].Port, 80));
  await check('list checks', async () => equal((await consul.agent.check.list())['service:web/1'].Status, 'critical'));
  await check('pass', () => consul.agent.check.pass({ id: 'service:web/1', note: 'all is well' }));
  await check('passing is in health', async () => equal((await consul.health.service({ service: 'web', passing: true }))[0].Checks.find((c) => c.CheckID === 'service:web/1').Output, 'all is well'));
  await check('warn', () => consul.agent.check.warn('service:web/1'));
  await check('fail', () => consul.agent.check.fail('service:web/1'));
  await check('critical is not in passing health', async () => equal((await consul.health.service({ service: 'web', passing: true })).length, 0));
  await check('service maintenance', () => consul.agent.service.maintenance({ id: 'web/1', enable: true, reason: 'r' }));
  await check('maintenance is a check', async () => equal((await consul.agent.check.list())['_service_maintenance:web/1'].Notes, 'r'));
  await check('end of maintenance', () => consul.agent.service.maintenance({ id: 'web/1', enable: false }));
  await check('node maintenance', () => consul.agent.maintenance({ enable: true }));
  await check('end of node maintenance', () => consul.agent.maintenance({ enable: false }));
  await check('register a check', () => consul.agent.check.register({ name: 'disk', ttl: '10m' }));
  await check('deregister a check', () => consul.agent.check.deregister('disk'));
  await check('an unknown check', () => refused(404, consul.agent.check.pass('disk')));
  await check('members', async () => equal((await consul.agent.members())[0].Name, 'edge-1'));
  await check('catalog', async () => equal((await consul.catalog.service.nodes('web'))[0].ServiceID, 'web/1'));
  await check('deregister', () => consul.agent.service.deregister('web/1'));
  await check('it is gone', async () => equal((await consul.catalog.service.nodes('web')).length, 0));
})();
