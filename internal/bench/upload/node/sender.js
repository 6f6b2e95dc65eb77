// Puts every file of a folder into the store with cos-nodejs-sdk-v5:
//   node sender.js DIR ENDPOINT WORKERS ID KEY
// It prints what internal/bench/sender prints.
const fs = require('fs');
const path = require('path');
const COS = require('cos-nodejs-sdk-v5');

const [dir, endpoint, workers, SecretId, SecretKey] = process.argv.slice(2);
const cos = new COS({
  SecretId, SecretKey, Protocol: 'http:', Domain: endpoint.replace('http://', ''),
  FileParallelLimit: Number(workers), KeepAlive: true,
});
const names = fs.readdirSync(dir);

async function worker() {
  for (let name = names.shift(); name !== undefined; name = names.shift()) {
    const Body = await fs.promises.readFile(path.join(dir, name));
    await cos.putObject({ Bucket: 'wecos-1250000000', Region: 'ap-guangzhou', Key: 'images/' + name, Body, ContentLength: Body.length });
  }
}

async function main() {
  const files = names.length;
  const begin = process.hrtime.bigint();
  const before = process.cpuUsage();
  await Promise.all(Array.from({ length: Number(workers) }, worker));
  const used = process.cpuUsage(before);
  const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
  console.log(JSON.stringify({ files, seconds, cpu: (used.user + used.system) / 1e6 }));
}

main().then(() => process.exit(0), (err) => {
  console.error(err);
  process.exit(1);
});
