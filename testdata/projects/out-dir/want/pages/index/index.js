Page({ data: { logo: 'https://img.example.com/images/logo.png' } })
