// What friends see of the album that is shared with them.
module.exports = { title: '来看我的相册', path: '/pages/album/album', imageUrl: '/images/cover.png' };
