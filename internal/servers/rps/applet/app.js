const { createMatch } = require('./services/player.js');

App({
  onLaunch() {
    this.match = createMatch();
  },
});
