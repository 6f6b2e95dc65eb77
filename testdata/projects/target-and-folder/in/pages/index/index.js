Page({ data: { a: '/images/a.png', old: 'http://old.example.com/x.png' } })
