// Loaded into npm's wecos with node --require: its COS SDK talks to the store of
// the benchmark instead of the service. Nothing else is changed.
'use strict';
const Module = require('module');
const load = Module._load;
Module._load = function (name, ...rest) {
  const COS = load.call(this, name, ...rest);
  if (name !== 'cos-nodejs-sdk-v5') return COS;
  return class extends COS {
    constructor(options) {
      super({ ...options, Protocol: 'http:', Domain: process.env.WECOS_BENCH_STORE });
    }
  };
};
