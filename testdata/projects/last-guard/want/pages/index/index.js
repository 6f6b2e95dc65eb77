const remote = '{"icon":"/images/in-json.png","n":1}'

// '/images/in-comment.png' is only history
Page({
  data: {
    config: JSON.parse(remote),
    old: '/assets/2019/images/dangling.png',
    site: 'https://www.example.org/images/on-the-web.png',
    html: '<img src="/images/in-html.png">'
  },
  isLogo: (s) => /in-regexp.png$/.test(s)
})
