// https://old.example.com/in-a-comment.png
const API = 'https://img.example.com/api'

Page({
  data: {
    a: 'https://img.example.com/a.png?x=1#top',
    b: "https://img.example.com/b.png",
    c: 'https://legacy.example.net/other/c.png',
    d: 'https://old.example.com.evil.example/d.png',
    e: 'https://img.example.com:8443/e.png',
    g: 'https://img.example.com/g.png',
    local: 'https://img.example.com/images/local.png',
    bare: 'https://img.example.com'
  },
  url: (id) => `https://img.example.com/p/${id}.png`,
  api: (path) => API + path,
  other: (id) => 'https://img.example.com/q/' + id
})
