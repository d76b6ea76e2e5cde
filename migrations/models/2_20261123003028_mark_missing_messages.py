from tortoise import BaseDBAsyncClient

RUN_IN_TRANSACTION = True


async def upgrade(db: BaseDBAsyncClient) -> str:
    return """
        ALTER TABLE "panel_message" ADD "missing" BOOL NOT NULL DEFAULT False;"""


async def downgrade(db: BaseDBAsyncClient) -> str:
    return """
        ALTER TABLE "panel_message" DROP COLUMN "missing";"""


MODELS_STATE = (
    "eJztXG1T47YW/isaf7l0hstAWJbcbOfOBJKldCHZQui2XTqOYiuJLraUWjJspnf/e49kO3"
    "b8EuIshODNJ7B0jqQ850g6b/bfhstt4oi9pm9T2WbSmxoN9LfBsEvgn5zeXWTgySTuUw0S"
    "DxxNjhWdSWaEAyE9bEnoGmJHEGiyibA8OpGUM8XQZQR5xOKeTWxE7oFzD/XvKLP7iAqEkc"
    "2lhB61HCR8a4ywQH2PO0TsWQ617vqIe6g/wYw4e5ZHsCT9d+p56nAMY4y5YwtEpYD5LSn2"
    "1KJsbsGqKBu9wPy37Jb1PSJ8l0SdD2MsEWZcjomHJh63iBCIEQJdkqMhZVTArMhyMHVhJX"
    "pWtEPZxIdRMbMRZZIokAFR4Lgj7Id3MKNaPnEBZ+B5GBOGBJHSITYs4aNaLfB6RP8uGw2m"
    "6B47PogHlqGe7sh0Fw2IhX1BECwshAhxXzr0ngjV5mowfUb/8okp+YioHwCQfv4TmgFA8o"
    "UI9fjZGPnUsU1qK/oAI9vE0gC6z4aQ8Kg6Jlwk25M8cRc8hD9DE6qZJnfmkBLHntPagE+3"
    "m3I60W0ndHTO5HtNq7RgYFrc8V0W00+mcszZjAFwVa0jwgBeWAC0SU+BZDDfcUKNj9Q6wC"
    "EmCQBI8NhkiH1H7QTFHSwgbjNMs9PtmdftnmkamV0ScSQUN2yyOFM7DJYqNAAjtYR//6dW"
    "Ozw8ru0fvq0fvTk+Pqrv14FWrzfbdfw1WEyMVjCUxuz87LzTUwvioGHBFlcNXzUPljjg0n"
    "KO0U/KbnkZzEn8UUlEuC8SRdQQyyI+hComjBh8dXZlgT8dYy8f9og+BTn8kNcIuYu/mA5h"
    "IzmGx8PaAjR/bV6d/tS82jms/TAPaSfsqemueXDhlOVeac1Ocq2k2eERsjEov4hiS+zBHV"
    "Ma/Dm2Lfqroq8tnFzwC5FPslQI+NrBm+M39cO3b2Z4z1oWwZyFNGG3ldbqLO+TIPzdGC9J"
    "xdamehb+n6+7nSLFnrGkULepJdH/kUPFsxksxo9DnwXG/gAsJkmZ2FPT/td4JrEsQFhBpE"
    "Z2hfjLSd6dO5fN39LX6ulF9ySy5keeHkUPcJISSOAdlZFHzPFN4tiw42bduM88sazl2Ga+"
    "q6E/hxViZpGMCGI3boPNSOOXm/ZNu9VAMIlP7Ft23e70GuAYM3nLWt1OuwHuPiO37Kr9/u"
    "ZaEXpkCB4wUN50PnS6nzoN5LM7xh9YOo6wjDlaX8IarRcao/W0LZrwpDNCa0GPpC7J3y/z"
    "nOk9E7LuRf9sjvyeYuv0zi/b173m5ce5/dNq9tqqp6Zbp6nWnbcpqcwGQZ/Oez8h9Yj+AP"
    "1Jb7MZXe8PQ60J+5KboD4mtpOYRM1R0/y2jOMdJcU8z/kEYn49B+Srk/JciKuMkOcYtzLe"
    "NBmrCOXwLhElUw0DbN09YM82Mz28xotos11uzU23YIZHWkgKTbXOMHx/pmJrp5wN6cjIie"
    "4nu3cXhfeDGJ0VUz4a3++NiY48g5AF4kME9yvSo7xDOPgHPVDQWl/Cs8cf0Bjr6DIKVSkn"
    "ZP/tQ+oofJCqEBTMGR3r10FyRaY7kDXGDPxX9ADMMFsjiNOHZyoakCH3iGJTEfNgEypmjy"
    "wZFS8MXW9K8PS7cQWL49iBhoSKUD7ql8NdoTDImt30xG4te0WmWLeX5KZdkkk5O9zCToEb"
    "mi/emGMl33PDZPnkLuOGWCA655xnewQdC62OyYzkUXOjiVRuHmkOZRuEBsEe+jTm5J54+l"
    "ofEZWS31WZe5WZ19n8XQQyENDRByoBo4FNEJgDQqX+YVomgnhr1iBZ16Q5VsV8olxD++ey"
    "lkapYH7FMuTfGMR/jbnvqtpvMfb6b4mbI6Lf5JjlihfHwf7+ElcHUBVeHrovlYGlstzVPG"
    "OoIMK1o7dLIAxUhQjrvnmEkyvL4NwjXwqOjxRbFeygRTZt+7fe4uzHzKS96HbOIvJ0SiRd"
    "2WERJhWm3PdK3IsZvgq5eE+W6RZyWnRwLJNamq77EDEGvpQAScmUqnFy0+t1O9cNFPLfst"
    "ZV92NLJ45sj0/sFTNHB8scNQfFJ81B5qBRVvaqAol41ygPMHlHDikrjl737OyiDbtLc9+y"
    "ZqtldjsXvzcQOKQmZ85Upfouu7+2w2aPuPyehD03nfNfbtoq46dXuhFiC92EEudTgmN9RZ"
    "UHr+Rc2qZQV7p/X1tMyZ/YK4p5nnMr5o0Tc4noVuLyI0LgERE5PnrI+f7DFXFwgT2dDFxd"
    "BkO9XsnHraEZOl+LpaJUTwDTFXcqhdGzR0ojvSoKmCb07pG4qekmSJeIn4bkSOrXksKgJh"
    "VRjhOLPXSuXy5S+VU+ROrwQw9j6hDU9wjIyYPzMg5nCjQgYxCfjmrqwf4lUNidF0ld5/Q6"
    "DexSIWD2fgMJ7pIBt6cIgCRqMgorkKhFhXr36R26IxMJ1qCkTjxacmkj0JBdGCVYuwryEp"
    "tK7iELMySJ43xrangbsH2GgO2q6d0nSOxu2nH3MlHbcMeXFsA837boYUX404dmiSMmj7VK"
    "G+HJ/MzwjsnRbw6GEWYFCh5zpVAdANtzwTprWa+3cdLtXsw5Gifn6ajtzeVJ+2rnQHsYQE"
    "RlgUa/xKtKVdTgjG+VgjiL73vuETpiH8g0E0Fc4By8QniLHANo9vDDzHSb0yv49YFhqTpO"
    "m9enzVbb+PqC1RjaKStyMCKP7THvwovolvvSg6qT4Cwy7JUtLxC1kdIT9Z0EhixfSO4CZE"
    "Kb0sF3DJiuolBvYgRWNhqCVR19MkGNWfBdh+ecLbcYY7YvFJmS+7YY4yVt+0gKpezKBFOV"
    "roI1m5WARt4NsaCML2KoYK1AfZlijHpxLUY9U4pBXP4/WgbeGUMVigPWUOuysBKjGOYKVm"
    "KsAewJFzQf6WKLPcGyvmN6f6MvwkRQq6CMZbkEf2Exy3Om+AUBTGwcfDesVNHFxc3VR5Xm"
    "n3jUBf5bdnbV/l291hsOqBvanYb6fpf6uJZK+rcayFY1ud5m5PX1G1WeS2xzQjzt94fVJy"
    "XikUVDVGZ3rNmCiQEdTFcVRcBZoZKw7+CrMxtnSm5DOdtQTnEop0k8ao2NvG92Bj27C7/X"
    "GdM8FsApRnSb0tyssEdhJqfYbynO4FTB/64dHS1Vq3+0oFb/KPMtQNhUJRAOySuI7rO4hD"
    "CjJCynYK/4M1AJlvV/lutlavSe7ENQL/qW6Nd/AFmo5BM="
)
