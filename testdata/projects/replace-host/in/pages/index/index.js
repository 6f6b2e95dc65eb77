// https://old.example.com/in-a-comment.png
const API = 'https://old.example.com/api'

Page({
  data: {
    a: 'https://old.example.com/a.png?x=1#top',
    b: "http://legacy.example.net/static/b.png",
    c: 'https://legacy.example.net/other/c.png',
    d: 'https://old.example.com.evil.example/d.png',
    e: 'https://old.example.com:8443/e.png',
    g: 'https://img.example.com/g.png',
    local: '/images/local.png',
    bare: 'https://old.example.com'
  },
  url: (id) => `https://old.example.com/p/${id}.png`,
  api: (path) => API + path,
  other: (id) => 'https://old.example.com/q/' + id
})
