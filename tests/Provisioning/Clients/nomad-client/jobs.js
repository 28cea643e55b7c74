// Jobs, by nomad-client. It is published as TypeScript, so its types are taken away as it is loaded.
require('sucrase/dist/register').addHook('.ts', { transforms: ['typescript', 'imports'] }, { ignoreNodeModules: false });
const assert = require('node:assert');
const { HttpClient } = require('nomad-client/src/core/http/HttpClient');
const { NomadJobModule } = require('nomad-client/src/modules/job');

const clientOf = token => new NomadJobModule(new HttpClient({ baseURL: process.env.NOMAD_ADDR, headers: { 'X-Nomad-Token': token } }));
const jobs = clientOf(process.env.NOMAD_TOKEN);

async function check(name, run) {
  try {
    await run();
    console.log(JSON.stringify({ name, ok: true }));
  } catch (error) {
    console.log(JSON.stringify({ name, ok: false, error: String(error.stack) }));
  }
}

const job = (count, more = {}) => ({
  ID: 'web',
  Name: 'web',
  Type: 'service',
  Datacenters: ['plant'],
  TaskGroups: [{ Name: 'main', Count: count, Tasks: [{ Name: 'server', Driver: 'exec', Config: { command: '/bin/sleep', args: ['1000'] }, Resources: { CPU: 100, MemoryMB: 64 } }] }],
  ...more,
});
const batch = (id, more) => ({ ...job(1), ID: id, Name: id, Type: 'batch', ...more });

(async () => {
  await check('create', async () => assert.match((await jobs.create(job(1))).EvalID, /^eval_/));
  await check('list', async () => assert.deepStrictEqual((await jobs.list()).data.map(stub => [stub.ID, stub.Status]), [['web', 'pending']]));
  await check('list by prefix', async () => assert.deepStrictEqual((await jobs.list({ prefix: 'no' })).data, []));
  await check('get', async () => assert.strictEqual((await jobs.get('web')).TaskGroups[0].Tasks[0].Config.command, '/bin/sleep'));
  await check('update', async () => assert.strictEqual((await jobs.update(job(2))).JobModifyIndex, 2));
  await check('summary', async () => assert.strictEqual((await jobs.summary('web')).Summary.main.Queued, 2));
  await check('versions', async () => assert.deepStrictEqual((await jobs.versions('web', true)).map(version => version.Version), [1, 0]));
  await check('scale', async () => {
    await jobs.scale('web', 'main', 4);
    assert.strictEqual((await jobs.get('web')).TaskGroups[0].Count, 4);
  });
  await check('stable', async () => {
    await jobs.stable('web', 0);
    assert.deepStrictEqual((await jobs.versions('web')).map(version => version.Stable), [false, false, true]);
  });
  await check('revert', async () => {
    await jobs.revert('web', 0, 2);
    assert.deepStrictEqual([(await jobs.get('web')).Version, (await jobs.get('web')).TaskGroups[0].Count], [3, 1]);
  });
  await check('evaluations', async () => assert.ok((await jobs.evaluations('web')).some(evaluation => evaluation.TriggeredBy === 'job-scaling')));
  await check('allocations and deployments', async () => assert.deepStrictEqual([await jobs.allocations('web'), await jobs.deployments('web')], [[], []]));
  await check('validate', async () => {
    assert.strictEqual((await jobs.validate({ Job: job(1) })).Error, '');
    assert.strictEqual((await jobs.validate({ Job: job(-1, { Priority: 700 }) })).ValidationErrors.length, 2);
  });
  await check('dispatch', async () => {
    await jobs.create(batch('report', { ParameterizedJob: { Payload: 'optional', MetaRequired: ['day'] } }));
    const child = await jobs.dispatch('report', { a: 1 }, { day: 'monday' });
    assert.match(child.DispatchedJobID, /^report\/dispatch-/);
    assert.strictEqual((await jobs.get(child.DispatchedJobID)).Meta.day, 'monday');
  });
  await check('periodic force', async () => {
    await jobs.create(batch('backup', { Periodic: { Enabled: true, Spec: '0 0 1 1 *', SpecType: 'cron' } }));
    assert.match((await jobs.periodicForce('backup')).EvalID, /^eval_/);
  });
  await check('stop', async () => {
    await jobs.stop('web');
    assert.deepStrictEqual([(await jobs.get('web')).Stop, (await jobs.get('web')).Status], [true, 'dead']);
  });
  await check('errors', async () => {
    await assert.rejects(jobs.get('none'), /HTTP Error 404/);
    await assert.rejects(jobs.create(job(-1)), /HTTP Error 500/);
    await assert.rejects(clientOf('junk').list(), /HTTP Error 403/);
  });
})();
