// What friends see of the game that is shared with them.
module.exports = { title: '石头剪刀布，来一局？', path: '/pages/game/game', imageUrl: '/images/cover.png' };
