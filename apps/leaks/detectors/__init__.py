"""Every way to lose money that the product knows: importing this registers them."""

from apps.leaks.detectors import money, sales, work
from apps.leaks.detectors.base import Detector, Found, Moment, detectors, register

__all__ = ["Detector", "Found", "Moment", "detectors", "money", "register", "sales", "work"]
