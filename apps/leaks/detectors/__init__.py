"""Every way to lose money that the product knows: importing this registers them."""

from apps.leaks.detectors import money, people, sales, work
from apps.leaks.detectors.base import Detector, Found, Moment, detectors, register

__all__ = ["Detector", "Found", "Moment", "detectors", "money", "people", "register", "sales", "work"]
