Page({ data: { a: 'https://img.example.com/cdn/shop/v2/images/a.png', old: 'http://img.example.com/cdn/x.png' } })
