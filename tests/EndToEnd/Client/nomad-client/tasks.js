// Allocations and tasks, by nomad-client. It is published as TypeScript, so its types are taken away as it is loaded. Its logs and exec
// ask for paths that Nomad does not have; what it has of Nomad's client endpoints is driven here.
require('sucrase/dist/register').addHook('.ts', { transforms: ['typescript', 'imports'] }, { ignoreNodeModules: false });
const assert = require('node:assert');
const { HttpClient } = require('nomad-client/src/core/http/HttpClient');
const { NomadAllocationModule } = require('nomad-client/src/modules/allocations');
const { NomadTaskModule } = require('nomad-client/src/modules/task');

const http = new HttpClient({ baseURL: process.env.NOMAD_ADDR, headers: { 'X-Nomad-Token': process.env.NOMAD_TOKEN } });
const [allocations, tasks, id] = [new NomadAllocationModule(http), new NomadTaskModule(http), process.env.ALLOCATION];

async function check(name, run) {
  try {
    await run();
    console.log(JSON.stringify({ name, ok: true }));
  } catch (error) {
    console.log(JSON.stringify({ name, ok: false, error: String(error.stack) }));
  }
}

async function until(run) {
  for (let i = 0; i < 300; i++) {
    if (await run()) return;
    await new Promise(resolve => setTimeout(resolve, 100));
  }
  assert.fail('it did not come about in 30 s');
}

const events = async type => (await tasks.getEvents(id, 'main')).filter(event => event.Type === type).map(event => event.DisplayMessage);

(async () => {
  await check('stats of an allocation', async () => assert.ok((await allocations.stats(id)).ResourceUsage.MemoryStats.RSS > 0));
  await check('stats of a task', async () => assert.ok((await tasks.getStats(id, 'main')).ResourceUsage.MemoryStats.RSS > 0));
  await check('signal', async () => {
    await tasks.signal(id, 'main', 'SIGUSR1');
    await until(async () => (await events('Signaling')).includes('Task being sent signal SIGUSR1'));
  });
  await check('restart a task', async () => {
    await tasks.restart(id, 'main');
    await until(async () => (await events('Restart Signaled')).includes('User requested task to restart'));
    assert.ok(await tasks.waitForState(id, 'main', 'running', 30000));
  });
  await check('restart an allocation', async () => {
    await allocations.restart(id);
    await until(async () => (await events('Restart Signaled')).includes('User requested running tasks to restart'));
    await until(async () => (await tasks.getStatus(id, 'main')).restarts === 2 && (await tasks.isRunning(id, 'main')));
  });
  await check('errors', async () => {
    await assert.rejects(tasks.restart(id, 'none'), /500/);
    await assert.rejects(allocations.stats('none'), /404/);
    await assert.rejects(tasks.signal(id, 'none', 'SIGUSR1'), /500/);
  });
})();
