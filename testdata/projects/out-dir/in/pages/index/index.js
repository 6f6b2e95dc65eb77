Page({ data: { logo: '/images/logo.png' } })
