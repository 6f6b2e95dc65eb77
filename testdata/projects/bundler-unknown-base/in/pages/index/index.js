wx.webpackJsonp.push([[8],{1:function(e,t,n){e.exports=n.p+"assets/logo.png"},2:function(e,t){t.Z="/assets/known.png"}}]);
