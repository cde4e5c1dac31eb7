# From 1.7 on packer is told which plugins it needs; earlier versions have them built in, and refuse to be told.

packer {
  required_plugins {
    amazon = {
      source  = "github.com/hashicorp/amazon"
      version = ">= 1.2.6"
    }
  }
}
