exports.main = async () => '/images/logo.png'
